/** One measured figure, and what it has to be. */
export type Figure = {
  readonly group: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Undefined: it is shown and not judged. */
  readonly limit?: { readonly most: number } | { readonly least: number };
};

export function holds({ value, limit }: Figure): boolean | undefined {
  if (!limit) return undefined;
  return 'most' in limit ? value <= limit.most : value >= limit.least;
}

export function showFigures(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map((figure) => figure.name.length));
  const lines: string[] = [];
  let group = '';
  for (const figure of figures) {
    if (figure.group !== group) {
      group = figure.group;
      lines.push('', `  ${group}`);
    }
    const { limit } = figure;
    const mark = { true: '✓', false: '✗', undefined: ' ' }[String(holds(figure)) as 'true' | 'false' | 'undefined'];
    const due = limit ? ('most' in limit ? `≤ ${limit.most}` : `≥ ${limit.least}`) : '';
    const value = `${round(figure.value)} ${figure.unit}`.trimEnd();
    lines.push(`  ${mark} ${figure.name.padEnd(width)}  ${value.padStart(16)}  ${due}`.trimEnd());
  }
  return `${lines.join('\n')}\n`;
}

export function round(value: number): number {
  return Number(value.toPrecision(Math.abs(value) >= 1000 ? 4 : 3));
}
