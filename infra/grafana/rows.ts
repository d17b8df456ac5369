import type { Row } from './panel.ts';
import { PARTS } from './rows-of-parts.ts';
import { WORK } from './rows-of-work.ts';

/** What the dashboard shows, from what people notice down to what it is made of. */
export const ROWS: readonly Row[] = [...WORK, ...PARTS];
