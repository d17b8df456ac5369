import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { InputBlock } from '../../../../shared/agent-protocol/content.ts';
import { openBeneath } from '../../../../shared/volume/open-beneath.ts';
import { readBytes } from '../../tools/read-bytes.ts';
import { inside } from '../../workspace.ts';

/** A content block of the protocol. */
export type PromptBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly data: string; readonly mimeType: string; readonly uri: string }
  | {
      readonly type: 'resource_link';
      readonly uri: string;
      readonly name: string;
      readonly mimeType?: string;
      readonly size?: number;
    };

/** Bytes of one picture, and of all in one message: base64 makes four thirds of it, on one line. */
const PICTURE = 5 * 1024 * 1024;
const PICTURES = 10 * 1024 * 1024;
/** What models take; others are named like other files. */
const SHOWN_TYPES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif']);
/**
 * Types that stand on links. Of any other, OpenCode 1.18 hands the bytes to the model as a part that no model takes, keeps that
 * part, and fails for good; without a type it reads the file by its own tool, as far as that goes.
 */
const LINKED_TYPES: ReadonlySet<string> = new Set([...SHOWN_TYPES, 'application/pdf']);

/** A message as its transcript has it: files by their paths. */
export function messageText(input: readonly InputBlock[]): string {
  return input.map((block) => (block.type === 'text' ? block.text : `[File: ${block.path}]`)).join('\n\n');
}

/**
 * A message for the agent. Files are links, and their paths stand in a text as well: there are agents that lose links.
 * @param images whether the agent takes pictures. @throws Refusal `path_outside_workspace`.
 */
export async function promptBlocks(
  input: readonly InputBlock[],
  workspace: string,
  images: boolean,
): Promise<PromptBlock[]> {
  const blocks: PromptBlock[] = [];
  let left = images ? PICTURES : 0;
  for (const block of input) {
    if (block.type === 'text') {
      blocks.push({ type: 'text', text: block.text });
      continue;
    }
    const path = inside(workspace, block.path);
    const picture = block.type === 'image' ? await readPicture(workspace, block, left) : undefined;
    left -= picture?.length ?? 0;
    const attached = picture ? shown(block, path, picture) : await link(block, path);
    const gone = attached ? '' : ', which is not there any more';
    blocks.push(...(attached ? [attached] : []), {
      type: 'text',
      text: `[The person sent this file: ${block.path}${gone}]`,
    });
  }
  return blocks;
}

type FileBlock = Exclude<InputBlock, { type: 'text' }>;

function shown({ mime_type: mimeType = '' }: FileBlock, path: string, picture: Buffer): PromptBlock {
  return { type: 'image', data: picture.toString('base64'), mimeType, uri: pathToFileURL(path).href };
}

/** @returns undefined where no file is: one agent fails over it, and over every message after it. */
async function link(block: FileBlock, path: string): Promise<PromptBlock | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats?.isFile()) return undefined;
  const { mime_type: mimeType } = block;
  return {
    type: 'resource_link',
    uri: pathToFileURL(path).href,
    name: basename(path),
    size: stats.size,
    ...(mimeType && LINKED_TYPES.has(mimeType) && { mimeType }),
  };
}

/** @returns undefined for one that cannot be shown, or that would be too much. */
async function readPicture(
  workspace: string,
  { path, mime_type }: Extract<InputBlock, { type: 'image' }>,
  most: number,
): Promise<Buffer | undefined> {
  if (most <= 0 || !SHOWN_TYPES.has(mime_type)) return undefined;
  try {
    await using file = await openBeneath(workspace, path);
    const { size } = await file.stat();
    return size > Math.min(PICTURE, most) ? undefined : await readBytes(file, 0, size);
  } catch {
    // The link says what is wrong with it to whoever follows it.
    return undefined;
  }
}
