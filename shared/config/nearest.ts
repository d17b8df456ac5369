/** Letters that may be wrong, as a share of the word: `!hlep` is `help`, `!banana` is nothing. */
const TOLERANCE = 0.5;

/** The name, of a command or a setting, that a mistyped word most likely meant; null where none is near. */
export function nearest(typed: string, names: readonly string[]): string | null {
  const word = typed.slice(0, 40);
  let best: { name: string; distance: number } | null = null;
  for (const name of names) {
    if (name.length < 2) continue;
    const distance = editDistance(word, name);
    if (distance / Math.max(word.length, name.length) <= TOLERANCE && (best === null || distance < best.distance))
      best = { name, distance };
  }
  return best?.name ?? null;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
function editDistance(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      let cost = Math.min(
        rows[row - 1]![column]! + 1,
        current[column - 1]! + 1,
        rows[row - 1]![column - 1]! + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (swapped) cost = Math.min(cost, rows[row - 2]![column - 2]! + 1);
      current.push(cost);
    }
    rows.push(current);
  }
  return rows[one.length]![other.length]!;
}
