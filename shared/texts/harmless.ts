/** What a text must not bring along: signs that steer a terminal, and those that turn the direction of what stands around them. */
const STEERING = /[^\P{Cc}\n]|[\u202A-\u202E\u2066-\u2069]/gu;

/** What may be shown of a text from outside: a message must not steer the terminal, nor rearrange a page. */
export function harmless(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/\t/g, '  ').replace(STEERING, '');
}
