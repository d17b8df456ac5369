/** What the first line of a migration says of it: `-- surfaces: expands`, `-- surfaces: contracts, statement by statement`. */
export type MigrationMark = {
  /** `expands`: code of the release before may go on running on it. `unmarked` counts as `contracts`. */
  readonly kind: 'expands' | 'contracts' | 'unmarked';
  /** Not in one transaction: for indexes that are built while everybody works. Has to bear being run again from its start. */
  readonly piecewise: boolean;
};

const MARK = /^-- surfaces: (expands|contracts)(, statement by statement)?$/;

export function markOf(sql: string): MigrationMark {
  const [, kind, piecewise] = MARK.exec(sql.split('\n', 1)[0]!.trim()) ?? [];
  return { kind: (kind as 'expands' | 'contracts' | undefined) ?? 'unmarked', piecewise: piecewise !== undefined };
}

/** The statements of a piecewise migration: no bodies of functions in it, so a semicolon ends one. Without comments. */
export function statementsOf(sql: string): string[] {
  return sql
    .replaceAll(/--[^\n]*/g, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter(Boolean);
}
