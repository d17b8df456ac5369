import { demand, demandError } from './breach.ts';
import type { Frame } from './frame.ts';
import { ifPromised, unlessPromised } from './greeting.ts';
import type { RawClient } from './raw-client.ts';
import type { Rule, Trial } from './rule.ts';
import { newId, openSession, play, setStage } from './stage.ts';

export const CAPABILITY_RULES: readonly Rule[] = [
  {
    rule: 'a host without snapshots answers every snapshot request with unsupported',
    section: 'What a host sends, capabilities',
    why: 'The client hides or offers the command by the capability, and needs a plain no where it asked all the same.',
    exempts: ifPromised('snapshots'),
    async check(trial) {
      const raw = await trial.client();
      const session_id = await openSession(raw);
      for (const request of [
        { type: 'snapshot.save', session_id, owner: newId('owner'), name: 'n' },
        { type: 'snapshot.load', session_id, snapshot_id: 'n' },
        { type: 'snapshot.list', owner: newId('owner') },
        { type: 'snapshot.delete', snapshot_id: 'n' },
      ])
        demandError(await raw.request(request), 'unsupported', { retryable: false });
    },
  },
  {
    rule: 'a host without permissions never asks for one',
    section: 'What a host sends, capabilities',
    why: 'A client that was told so shows no question, and the turn would wait for an answer for ever.',
    exempts: ifPromised('permissions'),
    needs: ['words'],
    check: (trial) => playsWithout(trial, 'ask', 'permission.request'),
    watch: (client) => neverSends(client, 'permission.request'),
  },
  {
    rule: 'a host without files never offers one',
    section: 'What a host sends, capabilities',
    why: 'A client that was told so does not look into the workspace, and the file would be lost.',
    exempts: ifPromised('files'),
    needs: ['words'],
    check: (trial) => playsWithout(trial, 'file', 'file.offer'),
    watch: (client) => neverSends(client, 'file.offer'),
  },
  {
    rule: 'a host without context answers context.get with unsupported, or with not_reported',
    section: 'What a host sends, capabilities',
    why: 'Invented figures are worse than none.',
    exempts: ifPromised('context'),
    async check(trial) {
      const raw = await trial.client();
      const answer = await raw.request({ type: 'context.get', session_id: await openSession(raw) });
      if (answer.type === 'error') demandError(answer, 'unsupported', { retryable: false });
      else demand(categoriesIn(answer) === 'not_reported', 'unsupported, or not_reported', answer, answer);
    },
  },
  {
    rule: 'a host with context says after a turn what fills it, by category or as a sum',
    section: 'What a client sends, context.get',
    why: 'People decide by it when to begin anew.',
    exempts: unlessPromised('context'),
    needs: ['words'],
    async check(trial) {
      const stage = await setStage(trial, 'words');
      await play(stage);
      const { raw, session_id } = stage;
      const answer = await raw.request({ type: 'context.get', session_id }, 'request.done');
      const { context } = answer.result as { context?: { used?: number } };
      const reported = Array.isArray(categoriesIn(answer)) || typeof context?.used === 'number';
      demand(reported, 'categories, or context with used', answer, answer);
    },
  },
];

/** With the words that would tempt the agent, where there are any. */
async function playsWithout(trial: Trial, behaviour: 'ask' | 'file', type: string): Promise<void> {
  const { raw, start, turn_id, place } = await setStage(trial, trial.prompts[behaviour] ? behaviour : 'words');
  await raw.request(start, 'turn.started');
  const isIt = (frame: Frame) => frame.type === type;
  const found = await raw.untilEvent(turn_id, (frame) => isIt(frame) || frame.type === 'turn.ended', 'turn.ended');
  if (isIt(found)) await raw.request({ type: 'turn.cancel', ...place });
  neverSends(raw, type);
}

function neverSends(client: RawClient, type: string): void {
  const frame = client.frames.find((one) => one.type === type);
  demand(!frame, `no ${type}, since welcome does not promise it`, frame, frame);
}

function categoriesIn(answer: Frame): unknown {
  return (answer.result as { categories?: unknown } | null)?.categories;
}
