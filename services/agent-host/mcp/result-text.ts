import { field, list, textField } from '../../../shared/config/json.ts';
import { cleanText } from '../../../shared/matrix/clean-text.ts';
import { bytes } from '../../../shared/texts/formats.ts';
import type { WithoutSecrets } from './known-secrets.ts';
import { oneLine } from './show-arguments.ts';

/** Characters that are handed on; the caller cuts once more, to what a model is given. */
const LONGEST = 1_000_000;
const LONGEST_ADDRESS = 500;

/** What a tool gave, as text for the model. What is no text is named with its kind and size, and left out. */
export function resultText(result: unknown, withoutSecrets: WithoutSecrets): string {
  const parts = list(field(result, 'content')).map(partText);
  const structured = field(result, 'structuredContent');
  const hasText = parts.some(({ isText }) => isText);
  const texts = parts.map(({ text }) => text);
  if (!hasText && structured !== undefined) texts.unshift(JSON.stringify(structured));
  const text = texts.filter((part) => part !== '').join('\n') || 'The tool gave no result.';
  // The secrets first: a cut could go through one.
  const told = cleanText(withoutSecrets(text).slice(0, LONGEST));
  return field(result, 'isError') === true ? `The tool reported an error:\n${told}` : told;
}

function partText(part: unknown): { readonly text: string; readonly isText: boolean } {
  const kind = textField(part, 'type');
  const leftOut = (text: string) => ({ text: `[${text}]`, isText: false });
  if (kind === 'text') return { text: textField(part, 'text') ?? '', isText: true };
  if (kind === 'image' || kind === 'audio')
    return leftOut(`${kind === 'image' ? 'An image' : 'A sound'} was left out: ${typeAndSize(part, 'data')}`);
  if (kind === 'resource') {
    const resource = field(part, 'resource');
    const text = textField(resource, 'text');
    if (text !== undefined) return { text, isText: true };
    return leftOut(`A file was left out: ${typeAndSize(resource, 'blob')}`);
  }
  if (kind === 'resource_link')
    return leftOut(`A link: ${oneLine(textField(part, 'uri') ?? 'it names no address', LONGEST_ADDRESS)}`);
  return leftOut('A part of an unknown kind was left out');
}

function typeAndSize(part: unknown, content: string): string {
  const type = (textField(part, 'mimeType') ?? '').replace(/[^\w.+/-]/g, '').slice(0, 80) || 'of unknown type';
  const size = Math.floor(((textField(part, content) ?? '').replace(/=+$/, '').length * 3) / 4);
  return `${type}, ${bytes('en', size)}`;
}
