/**
 * What a person means by a name or a number of a list: the entry of that very name, else the one of that number (from 1),
 * else the only one whose name begins so. Case does not matter.
 */
export function pickByName<Entry extends { readonly name: string }>(
  entries: readonly Entry[],
  wanted: string,
): Entry | undefined {
  const word = folded(wanted);
  const same = entries.find(({ name }) => folded(name) === word);
  if (same) return same;
  const [, digits] = /^#?(\d{1,4})$/.exec(word) ?? [];
  if (digits) return entries[Number(digits) - 1];
  const beginning = entries.filter(({ name }) => folded(name).startsWith(word));
  return beginning.length === 1 ? beginning[0] : undefined;
}

function folded(text: string): string {
  return text.trim().normalize('NFKC').toLowerCase();
}
