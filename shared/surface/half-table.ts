/** Beyond this a line that begins with `|` is hardly the head of a table, and is not held back for it. */
const LONGEST_HEAD = 300;

export type Block = { readonly text: string; readonly isTable: boolean };

/**
 * A block whose last line is still being written, without what would show as bare `|`: the head of a table until the
 * line under it is there, the row that is not finished.
 */
export function withoutHalfTable(block: string): Block {
  if (!/^[ \t]*\|/.test(block)) return { text: block, isTable: false };
  const headEnd = block.indexOf('\n');
  if (headEnd === -1)
    return block.length > LONGEST_HEAD ? { text: block, isTable: false } : { text: '', isTable: true };
  const ruleEnd = block.indexOf('\n', headEnd + 1);
  const rule = block.slice(headEnd + 1, ruleEnd === -1 ? undefined : ruleEnd);
  if (!/^[ \t]*\|?[ \t:|-]*$/.test(rule)) return { text: block, isTable: false };
  if (ruleEnd === -1) return { text: '', isTable: true };
  return { text: block.slice(0, block.lastIndexOf('\n')), isTable: true };
}
