import type { Migrations } from './make-release.ts';

/** What old code writes and reads all the time, and each of its rows in more than one statement. */
const TABLES = ['lane', 'lane_item', 'lane_send', 'live_message', 'question', 'file_in', 'file_out', 'room'];
const EACH = (statement: (table: string) => string) => TABLES.map(statement).join('\n');

/** A release need not bring a migration; the rehearsal has two, of the kinds that releases bring: columns, and an index that is built meanwhile. */
export const EXPANDING: Migrations = {
  '29990101000000_rehearsed': `-- surfaces: expands
SET LOCAL lock_timeout = '5s';
${EACH((table) => `ALTER TABLE ${table} ADD COLUMN rehearsed TEXT NOT NULL DEFAULT 'not yet';`)}
`,
  '29990101000001_rehearsed_index': `-- surfaces: expands, statement by statement
SET lock_timeout = '10s';
DROP INDEX CONCURRENTLY IF EXISTS lane_item_rehearsed_idx;
CREATE INDEX CONCURRENTLY lane_item_rehearsed_idx ON lane_item(rehearsed);
`,
};

/** And one that ends the release before. */
export const CONTRACTING: Migrations = {
  '29990102000000_rehearsed_end': `-- surfaces: contracts
SET LOCAL lock_timeout = '5s';
${EACH((table) => `ALTER TABLE ${table} DROP COLUMN rehearsed;`)}
`,
};
