/** The room that a reply of the bot links to. */
export function linkedRoom(text: string): string {
  const [, room] = /https:\/\/matrix\.to\/#\/([^?)\s]+)/.exec(text) ?? [];
  if (!room) throw new Error(`no link in “${text}”`);
  return decodeURIComponent(room);
}
