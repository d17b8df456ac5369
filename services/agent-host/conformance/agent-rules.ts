import { PROTOCOL_ERRORS } from '../../../shared/agent-protocol/protocol.ts';
import { demand, demandFields } from './breach.ts';
import type { Frame } from './frame.ts';
import type { BehaviourName } from './prompts.ts';
import type { Rule, Trial } from './rule.ts';
import { answerIn, ask, play, setStage, text, turnIn } from './stage.ts';
import { contiguous } from './turn-rules.ts';

/** Emoji of one and of several code points, both directions, combining marks, four bytes in UTF-8, and the escapes of JSON. */
const UNICODE = 'naïve 🚀 👩‍👩‍👧‍👦 🇳🇱 שלום مرحبا 漢字 𝔘𠮷 e\u0301 ⁦rtl⁩ ½ "quoted" \\ back / slash &amp; <b>';

export const AGENT_RULES: readonly Rule[] = [
  {
    rule: 'an agent that fails ends its turn with stop_reason error and a known code, and the session takes the next turn',
    section: 'What a host sends, turn.ended',
    why: 'The person is told by the code what to do, and goes on in the same room.',
    needs: ['fail', 'words'],
    check: (trial) => endsWithError(trial, 'fail', PROTOCOL_ERRORS),
  },
  {
    rule: 'an agent that crashes ends its turn with agent_crashed, and the session takes the next turn',
    section: 'Error codes',
    why: 'Without an end the room waits for an answer that nobody writes any more.',
    needs: ['crash', 'words'],
    check: (trial) => endsWithError(trial, 'crash', ['agent_crashed']),
  },
  {
    rule: 'a tool is told of by updates under one tool_call_id, in progress before it is over',
    section: 'What a host sends, tool_call.update',
    why: 'The client shows one line for each tool and changes it; and a tool that was in progress forbids to repeat the turn.',
    needs: ['tool'],
    waits: true,
    async check(trial) {
      const events = await play(await setStage(trial, 'tool'));
      contiguous(events);
      const updates = events.filter(({ type }) => type === 'tool_call.update');
      const end = events.at(-1)!;
      demand(updates.length > 0, 'tool_call.update, after the words of --prompt-tool', end, end);
      for (const id of new Set(updates.map(({ tool_call_id }) => tool_call_id))) {
        const statuses = updates.filter(({ tool_call_id }) => tool_call_id === id).map(({ status }) => status);
        const isTold = statuses.includes('in_progress');
        demand(isTold, `${id} in_progress before it is over`, statuses.join(', '));
      }
    },
  },
  {
    rule: 'text comes back as it was written: emoji, right-to-left, four-byte characters and what JSON escapes',
    section: 'What a host sends, message.delta',
    why: 'An answer that is cut between two halves of a character, or decoded as something else, is broken for good.',
    needs: ['echo'],
    async check(trial) {
      const stage = await setStage(trial, 'echo');
      const input = text(trial.prompt('echo').replace('{text}', () => UNICODE));
      const events = await play({ ...stage, start: { ...stage.start, input } });
      demand(answerIn(events).includes(UNICODE), `an answer with “${UNICODE}”`, answerIn(events), events.at(-1));
      const cut = events.find((event) => typeof event.text === 'string' && !event.text.isWellFormed());
      demand(!cut, 'no text that is cut between the halves of a character', cut, cut);
    },
  },
  {
    rule: 'the ids of sessions and turns may be any Unicode text of up to 255 characters',
    section: 'Words',
    why: 'They are the client’s choice; a host that makes file names of them has to do so for all.',
    needs: ['words'],
    async check(trial) {
      const { raw } = await setStage(trial, 'words');
      for (const name of ['../..', 'комната 🚪', 'a/b\\c:*?"<>|', '!room:example.org'.padEnd(180, 'x')]) {
        const session_id = `${name} ${crypto.randomUUID()}`;
        await raw.request({ type: 'session.open', session_id, workspace: crypto.randomUUID() }, 'session.opened');
        const { start } = turnIn(session_id, trial.prompt('words'));
        const place = { session_id, turn_id: `${name} ${crypto.randomUUID()}` };
        const events = await play({ raw, start: { ...start, ...place }, turn_id: place.turn_id });
        for (const event of events) demandFields(event, place);
      }
    },
  },
  {
    rule: 'a session keeps its conversation across turns and session.close, apart from other sessions, until it is reset',
    section: 'Words',
    why: 'It is what a room is for.',
    needs: ['remember', 'recall'],
    async check(trial) {
      const { raw, session_id } = await setStage(trial, 'recall');
      const other = await setStage(trial, 'recall', raw);
      const word = newWord();
      await ask(raw, session_id, trial.prompt('remember').replace('{word}', word));
      await recalls(trial, raw, session_id, word, true);
      await raw.request({ type: 'session.close', session_id }, 'request.done');
      await raw.request({ type: 'session.open', session_id, workspace: session_id }, 'session.opened');
      await recalls(trial, raw, session_id, word, true);
      await recalls(trial, raw, other.session_id, word, false);
      await raw.request({ type: 'session.reset', session_id }, 'request.done');
      await recalls(trial, raw, session_id, word, false);
    },
  },
  {
    rule: 'a snapshot holds the conversation as it was when it was saved, and takes the place of the session’s own',
    section: 'What a client sends, snapshots',
    why: 'People go back to a point before things went wrong: what came later must be gone, what was before must be there.',
    exempts: ({ capabilities }) => !capabilities.snapshots && 'the host does not promise snapshots',
    needs: ['remember', 'recall'],
    async check(trial) {
      const { raw, session_id } = await setStage(trial, 'recall');
      const [before, later] = [newWord(), newWord()];
      const remember = (word: string) => ask(raw, session_id, trial.prompt('remember').replace('{word}', word));
      await remember(before);
      const owner = crypto.randomUUID();
      const saved = await raw.request({ type: 'snapshot.save', session_id, owner, name: 'n' }, 'request.done');
      await remember(later);
      const { snapshot_id } = saved.result as { snapshot_id: string };
      const elsewhere = (await setStage(trial, 'recall', raw)).session_id;
      for (const into of [session_id, elsewhere]) {
        await raw.request({ type: 'snapshot.load', session_id: into, snapshot_id }, 'request.done');
        await recalls(trial, raw, into, before, true);
        await recalls(trial, raw, into, later, false);
      }
    },
  },
];

async function endsWithError(trial: Trial, behaviour: BehaviourName, codes: readonly string[]): Promise<void> {
  const stage = await setStage(trial, behaviour);
  const events = await play(stage);
  contiguous(events);
  const end = events.at(-1)!;
  const { code } = (end.error ?? {}) as { code?: string };
  const expected = `stop_reason error with the code ${codes.length > 1 ? 'of one that is known' : codes[0]}`;
  demand(end.stop_reason === 'error' && codes.includes(String(code)), expected, end, end);
  const { raw, session_id } = stage;
  const next = await play({ raw, ...turnIn(session_id, trial.prompt('words')) });
  demandFields(next.at(-1)!, { stop_reason: 'end_turn' });
}

async function recalls(trial: Trial, raw: Parameters<typeof ask>[0], sessionId: string, word: string, known: boolean) {
  const answer = await ask(raw, sessionId, trial.prompt('recall'));
  const end: Frame | undefined = raw.frames.at(-1);
  demand(answer.includes(word) === known, `an answer ${known ? 'with' : 'without'} “${word}”`, answer, end);
}

/** A word that nobody says by chance. */
function newWord(): string {
  return `marble${Math.random().toString(36).slice(2, 8)}`;
}
