import type { Alert } from './alert.ts';

/** Where it says what to do, from the root of the project. */
export function runbookOf({ heading }: Pick<Alert, 'heading'>): string {
  return `docs/OPERATIONS.md#${anchorOf(heading)}`;
}

/** As GitHub makes it of a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
