import type { Evidence } from '../../../shared/diagnosis/evidence.ts';
import { instanceOf, nameOf } from '../../../shared/diagnosis/verdict.ts';
import type { LaneLook } from '../../../shared/lane/look-at.ts';
import { harmless } from '../../../shared/texts/harmless.ts';
import { ago, clock, span } from '../../../shared/time/ago.ts';
import { wrapText } from '../demo/text-width.ts';

/** Lines longer than this are tiring to read. */
const COLUMNS = 100;
const KINDS = { space: 'Space', chat: 'room', dm: 'DM' } as const;

/** The evidence, a line for each thing, and the verdict under it. */
export function laneText(evidence: Evidence, verdict: string): string {
  const { room, lane, beside, answers, error } = evidence;
  const now = lane.now.getTime();
  const title = [room.name ?? `(${KINDS[room.kind]})`, KINDS[room.kind], `of ${room.owner}`, room.state].join(' · ');
  const lines = [
    title,
    [room.roomId, room.sessionId ?? ''].join('  ').trimEnd(),
    '',
    ...laneLines(evidence),
    ...beside
      .filter(({ lastSeq, unsent }) => lastSeq > 0 || unsent > 0)
      .map((each) => line(nameOf(each), progress(each))),
    ...answers.map(({ inResponseTo, eventId, state, code, at }, index) =>
      line(
        index === 0 ? 'answers' : '',
        [`${inResponseTo ?? '(?)'} → ${eventId ?? '(new message)'}`, state, code ?? '', ago(at, now)]
          .filter(Boolean)
          .join('  '),
      ),
    ),
    ...(error ? [line('last error', `${error.text} (${ERRORS[error.what]}), ${clock(error.at)}`)] : []),
    line('around', around(evidence)),
    '',
    ...verdict.split('\n').flatMap((sentence) => sentenceLines(sentence)),
  ];
  return `${lines.map(harmless).join('\n')}\n`;
}

const ERRORS = { said: 'told to the person', unsendable: 'not sent', rejected: 'an event was not understood' } as const;

function laneLines({ lane, live, questions }: Evidence): string[] {
  const { head, holder, leaseUntil, waitUntil, waits, epoch, unsent, unsentSince } = lane;
  const now = lane.now.getTime();
  const lease = leaseUntil?.getTime() ?? now;
  const left = lease > now ? `${span(lease - now)} left` : `over since ${span(now - lease)}`;
  return [
    line('done', progress(lane)),
    ...(head
      ? [
          line(
            'head',
            `${head.key}  ${head.kind ?? 'item'}, received ${clock(head.receivedAt)} (${ago(head.receivedAt, now)})`,
          ),
          line('queue', head.handedTo === null ? head.queue : `${head.handedTo}, handed over by ${head.queue}`),
          line('state', states(lane)),
        ]
      : []),
    ...(holder === null
      ? []
      : [line('held', `by ${instanceOf(holder)}, epoch ${epoch}, lease until ${clock(leaseUntil!)} (${left})`)]),
    ...(waitUntil === null
      ? []
      : [line('waits', `until ${clock(waitUntil)}${waits > 0 ? `, put back ${waits}×` : ''}`)]),
    ...questions.map(({ kind, person, askedAt, expiresAt, eventId }) =>
      line(
        'question',
        `${kind} ${eventId ?? '(not sent yet)'} asked of ${person} at ${clock(askedAt)}, until ${clock(expiresAt)}`,
      ),
    ),
    ...live.map(({ part, id, edits, ageMs }) =>
      line('live', `part ${part} ${id ?? '(not sent yet)'}, begun ${span(ageMs)} ago, edits reserved: ${edits}`),
    ),
    ...(unsent > 0 ? [line('unsent', `${unsent}, since ${clock(unsentSince!)}`)] : []),
  ];
}

function progress({ doneSeq, lastSeq, unsent }: LaneLook): string {
  const waits = lastSeq - doneSeq;
  return [
    `${doneSeq} of ${lastSeq}`,
    ...(waits > 0 ? [`${waits} to do`] : []),
    ...(unsent > 0 ? [`${unsent} unsent`] : []),
  ].join(', ');
}

function states({ head, nudged, losses }: LaneLook): string {
  const { started, stopped, withdrawn } = head!;
  return [
    started ? 'begun' : 'not begun',
    ...(stopped ? ['told to stop'] : []),
    ...(withdrawn ? ['withdrawn by its sender'] : []),
    ...(nudged ? ['nudged'] : []),
    ...(losses > 0 ? [`its worker was lost ${losses}×`] : []),
  ].join(', ');
}

function around({ ingress, redis, workers, agentProblem, member }: Evidence): string {
  const counted = Object.entries(workers ?? {}).map(([queue, count]) => `${queue} ${count}`);
  return [
    ingress ? 'ingress is active' : 'no ingress is active',
    redis ? `workers: ${counted.join(', ') || 'not told'}` : 'Redis does not answer',
    agentProblem === undefined ? 'the agent host answers' : 'the agent host does not answer',
    member === null ? 'homeserver: not told' : member ? 'the bot is in the room' : 'the bot is not in the room',
  ].join(' · ');
}

function sentenceLines(sentence: string): string[] {
  return wrapText(sentence, COLUMNS - 2).map((text, index) => `${index === 0 ? '→' : ' '} ${text}`);
}

function line(title: string, text: string): string {
  return `  ${title.padEnd(10)} ${text}`;
}
