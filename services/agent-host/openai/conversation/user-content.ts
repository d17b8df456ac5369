import type { InputBlock } from '../../../../shared/agent-protocol/content.ts';

export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

/** By the path in the workspace: the picture as a data URL, or why it is not shown. */
export type Pictures = ReadonlyMap<string, { readonly url: string } | { readonly missing: string }>;

/** A message of the person. Text alone is a string: an array of parts gave an empty answer on one server. */
export function userContent(input: readonly InputBlock[], pictures: Pictures): string | ContentPart[] {
  const parts: ContentPart[] = [];
  let text: string[] = [];
  const endText = () => {
    if (text.length > 0) parts.push({ type: 'text', text: text.join('\n') });
    text = [];
  };
  for (const block of input) {
    const picture = block.type === 'image' ? pictures.get(block.path) : undefined;
    text.push(
      block.type === 'text' ? block.text : named(block, picture && 'missing' in picture ? picture.missing : ''),
    );
    if (!picture || !('url' in picture)) continue;
    endText();
    parts.push({ type: 'image_url', image_url: { url: picture.url } });
  }
  if (parts.length === 0) return text.join('\n');
  endText();
  return parts;
}

/** A file as a line of text: with tools, the model can read it by its path. */
function named(block: Exclude<InputBlock, { type: 'text' }>, missing: string): string {
  const size = block.type === 'resource_link' && block.size !== undefined ? `${block.size} bytes` : '';
  const facts = [block.mime_type, size, missing].filter(Boolean).join(', ');
  const kind = block.type === 'image' ? 'picture' : 'file';
  return `[Attached ${kind}: ${JSON.stringify(block.path)}${facts ? ` (${facts})` : ''}]`;
}
