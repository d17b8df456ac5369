import { commandNamed } from './command-placement.ts';

export type ParsedText = { readonly command: { name: string; rest: string } } | { readonly text: string };

/**
 * What a text is: a command (`!stop all`, `! Stop`, `!СТОП`; the name is canonical where it is known, else as written in
 * lower case), or plain text. `!!` is a text that begins with one `!`; a lone `!` or `!…` with no word is plain text.
 */
export function parseText(text: string): ParsedText {
  const trimmed = text.trimStart();
  if (trimmed.startsWith('!!')) return { text: trimmed.slice(1) };
  const match = /^!\s?([\p{L}\p{N}?][\p{L}\p{N}_-]{0,40})(?=$|\s)([\s\S]*)$/u.exec(trimmed);
  if (!match) return { text };
  const [, word = '', rest = ''] = match;
  return { command: { name: commandNamed(word) ?? word.toLowerCase(), rest: rest.trim() } };
}
