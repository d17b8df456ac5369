import { demand, demandFields, NotTried } from './breach.ts';
import type { Frame } from './frame.ts';
import type { RawClient } from './raw-client.ts';
import type { Rule, Trial } from './rule.ts';
import { openSession, type Stage, setStage, text, turnIn } from './stage.ts';
import { contiguous } from './turn-rules.ts';

const MANY = 100;
/** More than the buffers of the host and of two systems hold. */
const FLOOD_BYTES = 10 * 1024 * 1024;
const MOST_FLOODS = 20;
/** What a frame needs beside the text in it. */
const FRAME_BYTES = 1_024;
const FULL = ['overloaded', 'rate_limited'];
const RETRY_MS = 200;
/** What a turn of `--prompt-long` should take at the least. */
const LONG_MS = 2_000;

export const LOAD_RULES: readonly Rule[] = [
  {
    rule: 'a hundred turns in a hundred sessions run at once, and each gets its own events and one end',
    section: 'Connection, last paragraph',
    why: 'One connection carries all rooms of a worker; events that go to the wrong turn go to the wrong person.',
    needs: ['words'],
    async check(trial) {
      const raw = await trial.client();
      const many = Math.min(MANY, trial.greeting.maxRunningTurns);
      const sessions = await Promise.all(Array.from({ length: many }, () => openSession(raw)));
      const turns = sessions.map((session_id) => turnIn(session_id, trial.prompt('words')));
      await Promise.all(turns.map(({ start }) => startWhenTaken(raw, start)));
      for (const { turn_id, place } of turns) {
        const events = await raw.ended(turn_id);
        contiguous(events);
        for (const event of events) demandFields(event, place);
      }
    },
  },
  {
    rule: 'turns of different sessions run at the same time',
    section: 'Connection, last paragraph',
    why: 'One person’s long answer must not keep the others waiting.',
    needs: ['long'],
    async check(trial) {
      const raw = await trial.client();
      const stages = await Promise.all(Array.from({ length: 5 }, () => setStage(trial, 'long', raw)));
      const since = performance.now();
      for (const { start } of stages) await raw.request(start, 'turn.started');
      for (const { turn_id } of stages)
        await raw.untilEvent(turn_id, ({ type }) => type === 'message.delta', 'words of each of five turns');
      const ended = raw.frames.find(({ type }) => type === 'turn.ended');
      if (ended && performance.now() - since < LONG_MS)
        throw new NotTried('the turns were over too soon; pass other words as --prompt-long');
      demand(!ended, 'no end before the last of five turns had begun', ended, ended);
      for (const { place, turn_id } of stages) {
        await raw.request({ type: 'turn.cancel', ...place }, 'request.done');
        await raw.ended(turn_id);
      }
    },
  },
  {
    rule: 'a client that reads nothing neither delays another one nor loses anything: it gets everything later, or is closed and attaches',
    section: 'Rules, a slow client',
    why: 'One worker that hangs must not stop the others, nor fill the host’s memory until it dies.',
    needs: ['flood'],
    async check(trial) {
      const [slow, other] = [await trial.client(), await trial.client()];
      const stages = await flood(trial, slow, other);
      slow.resume();
      for (const { turn_id, place } of stages) await catchUp(trial, slow, turn_id, place);
    },
  },
];

/** Both are attached to the same turns; `slow` reads nothing of them. @returns the turns, when `other` has seen their ends. */
async function flood(trial: Trial, slow: RawClient, other: RawClient): Promise<Stage[]> {
  const { heartbeatMs, maxFrameBytes } = trial.greeting;
  slow.stall();
  // It cannot hear pings, but it is there.
  const alive = setInterval(() => slow.send({ type: 'ping', nonce: 'alive' }), heartbeatMs / 4);
  const words = trial.prompt('flood').replace('{text}', () => 'x'.repeat(maxFrameBytes - FRAME_BYTES));
  const stages: Stage[] = [];
  try {
    for (let bytes = 0; bytes < FLOOD_BYTES && stages.length < MOST_FLOODS; ) {
      const stage = await setStage(trial, 'flood', other);
      const start = { ...stage.start, input: text(words) };
      await other.request(start, 'turn.started');
      slow.send({ id: `slow-${stages.length}`, ...start });
      stages.push(stage);
      contiguous(await other.ended(stage.turn_id));
      bytes = other.passed.reduce((sum, passed) => sum + (passed.from === 'host' ? passed.bytes : 0), 0);
    }
  } finally {
    clearInterval(alive);
  }
  return stages;
}

async function catchUp(trial: Trial, slow: RawClient, turnId: string, place: Stage['place']): Promise<void> {
  const isEnd = (frame: Frame) => frame.turn_id === turnId && frame.type === 'turn.ended';
  const got = await slow.until(isEnd, 'turn.ended for the slow client').catch((error) => {
    if (slow.closed) return undefined;
    throw error;
  });
  if (got) return contiguous(slow.eventsOf(turnId));
  const again = await trial.client();
  await again.request({ type: 'turn.attach', ...place, after_seq: 0 }, 'turn.started');
  contiguous(await again.ended(turnId));
}

/** A host may say that it is full, and when to come again. */
async function startWhenTaken(raw: RawClient, start: Stage['start']): Promise<void> {
  for (;;) {
    const answer = await raw.request(start);
    if (answer.type === 'turn.started') return;
    const isFull = answer.type === 'error' && FULL.includes(String(answer.code));
    demand(isFull, `turn.started, or error with ${FULL.join(' or ')}`, answer, answer);
    const ms = typeof answer.retry_after_ms === 'number' ? answer.retry_after_ms : RETRY_MS;
    await new Promise((resolve) => setTimeout(resolve, ms));
  }
}
