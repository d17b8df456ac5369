/** By how much the limits of those whom `who` names (`@user:server`, `*:server`, `*`) are multiplied. */
export type Weight = { readonly who: string; readonly factor: number };

const ENTRY = /^(\*|\*:[^=\s]+|@[^:=\s]*:[^=\s]+)=(\d+(?:\.\d+)?)$/;

/** `@ada:example.org=5 *:example.org=2`: entries with spaces or commas between them. */
export function parseWeights(value: string): { readonly weights: readonly Weight[]; readonly problem?: string } {
  const weights: Weight[] = [];
  for (const entry of value.split(/[\s,]+/).filter(Boolean)) {
    const [, who, factor] = ENTRY.exec(entry) ?? [];
    if (who === undefined || Number(factor) === 0)
      return {
        weights: [],
        problem: `contains “${entry}”, which is not @user:server, *:server or * with =, and a number above 0`,
      };
    weights.push({ who, factor: Number(factor) });
  }
  return { weights };
}
