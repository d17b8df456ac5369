import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLog } from '../../../shared/runtime/log.ts';
import { type FreshDatabase, freshDatabase } from '../../../shared/store/fresh-database.ts';
import type { Statement } from '../../../shared/store/postgres.ts';
import type { JobContext } from '../job.ts';
import { dropOldRecords } from './drop-old-records.ts';

const DAY_MS = 86_400_000;

let database: FreshDatabase;
beforeEach(async () => {
  database = await freshDatabase(2);
});
afterEach(() => database.drop());

type Asked = (statement: Statement, values: readonly unknown[]) => void;

/** The job, which tells `asked` of each statement before it runs. */
async function drop(asked: Asked = () => {}, stopping = new AbortController().signal): Promise<void> {
  const telling = {
    run: <Row>(statement: Statement, values: readonly unknown[] = []) => {
      asked(statement, values);
      return database.run<Row>(statement, values);
    },
  };
  const context = { database: telling, keepRecordsMs: 30 * DAY_MS, stopping, log: createLog('silent', {}) };
  await dropOldRecords.run(context as unknown as JobContext);
}

let fills = 0;
const fill = (text: string, values: readonly unknown[] = []) => {
  fills += 1;
  return database.run({ name: `test_fill_${fills}`, text }, values);
};
const OLD = "now() - interval '31 days'";

/** A lane whose first item is done and whose second one is not, both old; and of a third kind one of today. */
async function fillRecord(): Promise<void> {
  await fill('INSERT INTO lane (lane_id, done_seq) VALUES ($1, 2)', ['l']);
  for (const [seq, at] of [OLD, OLD, OLD, 'now()'].entries())
    await fill(
      `INSERT INTO lane_item (key, lane_id, seq, position, queue, body, received_at) VALUES ($1, 'l', $2, 0, 'turns', '{}', ${at})`,
      [`$${seq + 1}`, seq + 1],
    );
  await fill(
    "INSERT INTO lane_send (op, lane_id, seq, ordinal, epoch, body, sent_at) VALUES ('s1', 'l', 1, 1, 1, '{}', now()), ('s2', 'l', 2, 1, 1, '{}', now())",
  );
  // Of the message that is done, of the one that waits (for an answer, say), and a new one.
  for (const [key, at] of [
    ['$1', OLD],
    ['$3', OLD],
    ['$4', 'now()'],
  ]) {
    await fill(
      `INSERT INTO live_message (op, room_id, in_response_to, part, epoch, created_at) VALUES ($1, 'r', $1, 1, 1, ${at})`,
      [key],
    );
    await fill(
      `INSERT INTO question (id, kind, room_id, person, number, title, subject, language, cause, state, expires_at, created_at)
       VALUES ($1, 'permission', 'r', 'p', 1, 't', '{}', 'en', $1, 'allowed', now(), ${at})`,
      [key],
    );
    await fill(
      `INSERT INTO file_in (event_id, room_id, sender, position, name, workspace, turn, created_at) VALUES ($1 || ' file', 'r', 'p', 1, 'n', 'w', $1, ${at})`,
      [key],
    );
    await fill(
      `INSERT INTO file_out (op, room_id, cause, workspace, offer, state, created_at) VALUES ($1, 'r', $1, 'w', '{}', 'uploaded', ${at})`,
      [key],
    );
    await fill(
      `INSERT INTO lane_amendment (key, target, position, kind, received_at) VALUES ('of ' || $1, $1, 1, 'replace', ${at})`,
      [key],
    );
    await fill(`INSERT INTO lane_reject (key, reason, received_at) VALUES ($1, 'r', ${at})`, [key]);
    await fill(`INSERT INTO told (scope, person, code, key, at) VALUES ('r', 'p', 'edited ' || $1, 'k', ${at})`, [key]);
    await fill(`INSERT INTO reconcile_run (id, kind, finished_at) VALUES ($1, 'light', ${at})`, [key]);
  }
  await fill(`INSERT INTO told (scope, person, code, key, at) VALUES ('r', 'p', 'hello', 'k', ${OLD})`);
}

async function left(table: string, column: string): Promise<string[]> {
  const rows = await fill(`SELECT ${column} AS id FROM ${table} ORDER BY 1`);
  return (rows as { id: string }[]).map(({ id }) => id);
}

it('drops what is old and done with, and keeps what a message that is not done still needs', async () => {
  await fillRecord();
  await drop();
  expect(await left('lane_item', 'key')).toEqual(['$2', '$3', '$4']);
  expect(await left('lane_send', 'op')).toEqual(['s2']);
  for (const [table, column] of [
    ['live_message', 'op'],
    ['question', 'id'],
    ['file_in', 'turn'],
    ['file_out', 'op'],
    ['lane_amendment', 'target'],
  ] as const)
    expect(await left(table, column), table).toEqual(['$3', '$4']);
  expect(await left('lane_reject', 'key')).toEqual(['$4']);
  expect(await left('reconcile_run', 'id')).toEqual(['$4']);
  expect(await left('told', 'code')).toEqual(['edited $4', 'hello']);
});

it('finds the old rows by an index, in every table', async () => {
  const asked: Parameters<Asked>[] = [];
  await drop((...statement) => asked.push(statement));
  expect(asked.map(([{ name }]) => name)).toContain('lane_item_forget');
  for (const [{ name, text }, values] of asked) {
    const plan = await fill(`EXPLAIN ${text}`, values);
    expect(JSON.stringify(plan), name).not.toContain('Seq Scan');
  }
});

it('deletes 2,000 at a time, and ends between two batches when its process is to end', async () => {
  await fill(
    `INSERT INTO lane_reject (key, reason, received_at) SELECT n::text, 'r', ${OLD} + n * interval '1 ms' FROM generate_series(1, 5000) n`,
  );
  const stop = new AbortController();
  await drop(({ name }) => name === 'lane_reject_forget' && stop.abort(), stop.signal);
  expect(await left('lane_reject', 'count(*)::int')).toEqual([3000]);
  await drop();
  expect(await left('lane_reject', 'count(*)::int')).toEqual([0]);
});
