import type { InputBlock } from '../../shared/agent-protocol/content.ts';
import { toldToAgent } from '../../shared/delivery/file-failures.ts';
import type { MessageItem } from '../../shared/matrix/work-item.ts';
import type { FileIn } from '../../shared/store/files-in.ts';
import { withoutAddress } from './addressed.ts';
import { type Quoted, withQuote } from './quoted.ts';

/** Pictures that models take, up to the size that they commonly take; whatever is larger is a link alone. */
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const PICTURE_BYTES = 5_000_000;

/**
 * What the agent is given of a message: its text, a link to each file that came with it, and small pictures as pictures
 * too, for agents that can see. It has to be the same for every worker that runs the turn: its id is bound to it.
 */
export function turnInput(
  message: MessageItem,
  quoted: Quoted | null,
  names: readonly string[],
  files: readonly FileIn[],
): InputBlock[] {
  const text = withQuote(withoutAddress(message.text, names), quoted);
  return [...(text.trim() === '' ? [] : [{ type: 'text' as const, text }]), ...files.flatMap(blocksOf)];
}

function blocksOf({ name, path, mime, size, failure }: FileIn): InputBlock[] {
  if (path === null) return [{ type: 'text', text: toldToAgent(name, failure ?? 'file_unavailable') }];
  const mime_type = mime ?? 'application/octet-stream';
  const link: InputBlock = { type: 'resource_link', path, name, mime_type, ...(size === null ? {} : { size }) };
  const isPicture = PICTURES.has(mime_type) && size !== null && size <= PICTURE_BYTES;
  return isPicture ? [link, { type: 'image', path, mime_type }] : [link];
}
