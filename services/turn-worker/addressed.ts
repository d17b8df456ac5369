import type { UserId } from '../../shared/ids/ids.ts';
import type { MessageItem } from '../../shared/matrix/work-item.ts';
import type { Quoted } from './quoted.ts';

/** What people call the bot in a text: its id, the local part of it, its display name. */
export function namesOf(self: UserId, displayName: string): string[] {
  const local = self.slice(1, self.indexOf(':'));
  return [...new Set([self, `@${local}`, local, displayName])].filter((name) => name.length > 1);
}

/** Whether a message in a room with several people is meant for the bot: it is mentioned, called by name, or replied to. */
export function isAddressed(
  message: MessageItem,
  quoted: Quoted | null,
  self: UserId,
  names: readonly string[],
): boolean {
  return (
    message.mentions.includes(self) ||
    quoted?.sender === self ||
    message.text.includes(self) ||
    withoutAddress(message.text, names) !== message.text
  );
}

/** A text without the bot's name before it: `surfaces: how are you?` → `how are you?`. */
export function withoutAddress(text: string, names: readonly string[]): string {
  const start = text.trimStart();
  for (const name of names) {
    if (start.slice(0, name.length).toLowerCase() !== name.toLowerCase()) continue;
    const [mark] = /^\s*[:,]\s*|^\s*$/.exec(start.slice(name.length)) ?? [];
    const rest = mark === undefined ? null : start.slice(name.length + mark.length);
    if (rest) return rest;
    // `@surfaces how are you?`: only an id is sure to be no word of the sentence.
    if (name.startsWith('@') && /^\s+\S/.test(start.slice(name.length))) return start.slice(name.length).trimStart();
  }
  return text;
}
