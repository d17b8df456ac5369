import type { Snapshot } from '../../../shared/agent-protocol/content.ts';
import { demand, demandError } from './breach.ts';
import { unlessPromised } from './greeting.ts';
import type { RawClient } from './raw-client.ts';
import type { Rule } from './rule.ts';
import { cancel, newId, openSession, speaking, whileItRuns } from './stage.ts';

const TRIES = 100;
const exempts = unlessPromised('snapshots');

export const SNAPSHOT_RULES: readonly Rule[] = [
  {
    rule: 'a snapshot is listed for its owner alone, under its name, the newest first, and replaced by one of the same name',
    section: 'What a client sends, snapshots',
    why: 'The list is what a person chooses from; another’s conversations in it are a leak.',
    exempts,
    async check(trial) {
      const raw = await trial.client();
      const session_id = await openSession(raw);
      const owner = newId('owner');
      const first = await save(raw, session_id, owner, 'before lunch');
      // Two of one millisecond have no order.
      let second = await save(raw, session_id, owner, 'обед 🍲');
      for (let tries = 0; tries < TRIES && second.created_at === first.created_at; tries++)
        second = await save(raw, session_id, owner, 'обед 🍲');
      await demandNames(raw, owner, ['обед 🍲', 'before lunch']);
      await demandNames(raw, newId('owner'), []);
      let again = await save(raw, session_id, owner, 'before lunch');
      for (let tries = 0; tries < TRIES && again.created_at === second.created_at; tries++)
        again = await save(raw, session_id, owner, 'before lunch');
      await demandNames(raw, owner, ['before lunch', 'обед 🍲']);
    },
  },
  {
    rule: 'a snapshot that was deleted is gone for its owner, and deleting it again is no error',
    section: 'What a client sends, snapshots',
    why: 'A delete whose answer was lost is repeated; what a person deleted must not come back.',
    exempts,
    async check(trial) {
      const raw = await trial.client();
      const session_id = await openSession(raw);
      const owner = newId('owner');
      const { snapshot_id } = await save(raw, session_id, owner, 'n');
      for (let time = 0; time < 2; time++) await raw.request({ type: 'snapshot.delete', snapshot_id }, 'request.done');
      demandError(await raw.request({ type: 'snapshot.load', session_id, snapshot_id }), 'unknown_snapshot');
      await demandNames(raw, owner, []);
    },
  },
  {
    rule: 'a snapshot is loaded by its id into any session, whoever owns it',
    section: 'What a client sends, snapshots',
    why: 'owner is the scope of the list and opaque to the host; who may load what is decided by the client.',
    exempts,
    async check(trial) {
      const raw = await trial.client();
      const [from, into] = [await openSession(raw), await openSession(raw)];
      const { snapshot_id } = await save(raw, from, newId('owner'), 'n');
      await save(raw, into, newId('owner'), 'n');
      await (await trial.client()).request({ type: 'snapshot.load', session_id: into, snapshot_id }, 'request.done');
    },
  },
  {
    rule: 'the load of a snapshot that never was is refused with unknown_snapshot',
    section: 'Error codes',
    why: 'An id that is taken for a path reads files that are nobody’s snapshot.',
    exempts,
    async check(trial) {
      const raw = await trial.client();
      const session_id = await openSession(raw);
      for (const snapshot_id of [crypto.randomUUID(), '../session', '/etc/passwd', 'x\0y', '..']) {
        const answer = await raw.request({ type: 'snapshot.load', session_id, snapshot_id });
        demandError(answer, 'unknown_snapshot', { retryable: false });
      }
    },
  },
  {
    rule: 'while a turn runs, snapshot.save and snapshot.load are refused with session_busy and its turn_id',
    section: 'Rules, one running turn',
    why: 'Half an answer is no conversation to come back to.',
    exempts,
    needs: ['long'],
    async check(trial) {
      const stage = await speaking(trial);
      const { raw, session_id, turn_id } = stage;
      const other = await openSession(raw);
      const { snapshot_id } = await save(raw, other, newId('owner'), 'n');
      await whileItRuns(stage, 'long', async () => {
        for (const request of [
          { type: 'snapshot.save', session_id, owner: newId('owner'), name: 'n' },
          { type: 'snapshot.load', session_id, snapshot_id },
        ])
          demandError(await raw.request(request), 'session_busy', { turn_id, retryable: true });
      });
      await cancel(stage);
    },
  },
];

async function save(raw: RawClient, session_id: string, owner: string, name: string): Promise<Snapshot> {
  const answer = await raw.request({ type: 'snapshot.save', session_id, owner, name }, 'request.done');
  const saved = answer.result as Snapshot | null;
  demand(saved?.name === name && typeof saved.snapshot_id === 'string', `the snapshot “${name}”`, answer, answer);
  return saved;
}

async function demandNames(raw: RawClient, owner: string, names: readonly string[]): Promise<void> {
  const answer = await raw.request({ type: 'snapshot.list', owner }, 'request.done');
  const snapshots = (answer.result as { snapshots?: Snapshot[] } | null)?.snapshots ?? [];
  const came = JSON.stringify(snapshots.map(({ name }) => name));
  demand(came === JSON.stringify(names), `snapshots with the names ${JSON.stringify(names)}`, answer, answer);
}
