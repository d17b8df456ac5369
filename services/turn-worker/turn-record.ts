import type { AnswerStream, Outcome } from '../../shared/delivery/answer-stream.ts';
import { counter, histogram } from '../../shared/runtime/metrics.ts';
import { sayAtEnd } from '../../shared/runtime/work.ts';

const turns = counter('turns_total', 'turns by how they ended', ['state', 'code']);
const edits = counter('turn_edits_total', 'edits of answers, of turns that ended');
const phases = histogram('turn_seconds', 'parts of a turn: queued, words (start to first words shown), total', [
  'phase',
]);

/** Of a text that may be logged, in characters. */
const SHOWN = 200;

export type TurnRecord = {
  readonly queuedMs: number;
  /** In the time of `performance.now()`. */
  readonly started: number;
  readonly stream: AnswerStream;
  /** What was asked, where the operator has switched on that texts are logged. */
  readonly question: string | null;
};

/** One set of figures for each turn's end, and what its line says beside the times that every item's has. */
export function recordTurn(outcome: Outcome, { queuedMs, started, stream, question }: TurnRecord): void {
  const words = stream.openedAt === null ? null : Math.max(0, stream.openedAt - started);
  turns.inc({ state: outcome.state, code: outcome.code ?? '' });
  edits.inc(stream.edits);
  phases.observe({ phase: 'queued' }, Math.max(0, queuedMs) / 1000);
  if (words !== null) phases.observe({ phase: 'words' }, words / 1000);
  phases.observe({ phase: 'total' }, (performance.now() - started) / 1000);
  sayAtEnd('turn ended', {
    state: outcome.state,
    code: outcome.code,
    words_ms: words === null ? null : Math.round(words),
    edits: stream.edits,
    ...(question !== null && { question: beginning(question), answer: beginning(outcome.text) }),
  });
}

function beginning(text: string): string {
  const letters = [...text];
  return letters.length > SHOWN ? `${letters.slice(0, SHOWN).join('')}… (${letters.length} characters)` : text;
}
