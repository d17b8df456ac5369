import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROWS } from '../infra/grafana/rows.ts';
import { dropFile } from '../services/cli/demo/person/files.ts';
import { LABEL_VALUE, LABELS } from '../shared/runtime/metric-labels.ts';
import { PROJECT_ROOT } from '../shared/stack/project-root.ts';
import { Prometheus } from './prometheus.ts';
import { type Resident, TestStack } from './test-stack.ts';
import { untilTrue } from './until-true.ts';

/** In every message: no metric may show it. */
const SECRET = 'rutabaga';
/** Series of one process. The busiest has some 300 after this; rooms, people and messages add none. */
const MOST_SERIES = 600;
/** Panels that are empty while nothing goes wrong. */
const CALM = ['Turns that failed, by code', 'Requests that failed', 'Connections that ended', 'Repairs'];
const hasPrometheus = spawnSync('prometheus', ['--version']).status === 0;

const stack = new TestStack();
const prometheus = new Prometheus();
let ann: Resident;

beforeAll(async () => {
  await stack.up();
  const env = { ...process.env, SURFACES_HOME: stack.home };
  const script = join(PROJECT_ROOT, 'infra/prometheus/targets.ts');
  const targets = spawnSync(process.execPath, [script], { env, encoding: 'utf8' });
  expect(targets.stderr).not.toContain('Error');
  if (hasPrometheus) await prometheus.start(targets.stdout);
  ann = await stack.atHome();
  await converse('first');
}, 240_000);
afterAll(async () => {
  await prometheus.end();
  await stack.end();
}, 60_000);

/** Something of everything that is measured. */
async function converse(round: string): Promise<void> {
  const words = `${SECRET} ${round}`;
  await ann.ask(`demo words=20 pace=20 [[${SECRET}]]`);
  await ann.command('!help');
  const asking = await ann.say(`demo ask ${words}`);
  await ann.untilAsked(words);
  await ann.command('!yes');
  await ann.untilAnswered(asking);
  await ann.ask(`demo file ${SECRET}.txt size=2k`);
  const file = { name: `${SECRET}.txt`, content: Buffer.from(SECRET), type: 'text/plain' };
  await ann.untilAnswered((await dropFile(ann.person, ann.home.room, file)).eventId);
}

type Series = { readonly name: string; readonly labels: readonly (readonly [string, string])[] };

function seriesOf(text: string): Series[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = ''] = /^([a-z0-9_]+)(?:\{(.*)\})? /.exec(line) ?? [];
      return { name, labels: [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]) };
    });
}

describe('what the roles tell', () => {
  test('is bounded, and names no room, event, person, session or text', async () => {
    for (const { role, url } of stack.stack.roles) {
      const text = await (await fetch(`${url}/metrics`)).text();
      for (const secret of [SECRET, ann.home.room, ann.person.userId, stack.bot]) expect(text).not.toContain(secret);
      const series = seriesOf(text);
      expect(series.length, role).toBeLessThan(MOST_SERIES);
      const values = Map.groupBy(
        series.filter(({ name }) => name.startsWith('surfaces_')).flatMap(({ labels }) => labels),
        ([label]) => label,
      );
      for (const [label, pairs] of values) {
        if (label === 'role' || label === 'le') continue;
        const different = new Set(pairs.map(([, value]) => value));
        expect(LABELS, `${role}: ${label}`).toHaveProperty(label);
        expect(different.size, `${role}: ${label}`).toBeLessThanOrEqual(LABELS[label as keyof typeof LABELS]);
        for (const value of different) expect(value, `${role}: ${label}`).toMatch(LABEL_VALUE);
      }
    }
  });
});

describe.skipIf(!hasPrometheus)('a real Prometheus (skipped where none is installed)', () => {
  const shown = ROWS.flatMap(({ panels }) =>
    panels.flatMap(({ title, queries, mayBeEmpty }) =>
      queries.map(([expr, legend]) => ({ title, expr, legend, mayBeEmpty })),
    ),
  );
  const concrete = (expr: string) => expr.replaceAll('$job', 'surfaces').replaceAll('$__rate_interval', '1m');

  test('scrapes every process, and each query of the dashboard shows something', async () => {
    await untilTrue('all to be scraped', async () => {
      const answering = (await prometheus.query('up{job="surfaces"} == 1')).length;
      return answering === stack.stack.roles.length;
    });
    // What came into being with the first conversation grows with a second one.
    await untilTrue(
      'the first to be seen',
      async () => (await prometheus.query('surfaces_attachments_total')).length > 1,
    );
    await converse('second');
    let empty = shown;
    await untilTrue('every query to give something', async () => {
      const left = [];
      for (const query of empty) {
        const samples = await prometheus.query(concrete(query.expr));
        if (!samples.some(({ value }) => Number.isFinite(value))) left.push(query);
      }
      empty = left;
      const strange = left.filter(({ mayBeEmpty }) => mayBeEmpty === undefined);
      if (strange.length > 0) throw new Error(JSON.stringify(strange, null, 2));
      return true;
    });
    // Only what this conversation has no cause for: no reason hides a query that never shows anything.
    for (const { title } of empty) expect(CALM).toContain(title);
  });

  test('understands every rule, and no alarm fires while all is well', async () => {
    await untilTrue('the rules to have been looked at', async () =>
      (await prometheus.rules()).every(({ health }) => health === 'ok'),
    );
    expect((await prometheus.rules()).filter(({ state }) => state === 'firing')).toEqual([]);
  });
});
