import type { AskedInTurn, FileOfTrail, SaidAtEnd, TurnTrail } from '../../../shared/store/turn-trail.ts';
import { type Html, html } from '../page/html.ts';
import { personLink } from '../page/links.ts';
import { bytes, counted, idText, named, number, plain, took } from '../page/words.ts';

/** One thing that happened to a turn. */
export type Step = {
  readonly at: Date;
  readonly what: Html;
  readonly tone?: 'good' | 'warn' | 'bad';
  /** A word for who says when. */
  readonly clock: 'sender' | 'ingress' | 'record' | 'worker';
};

/** What happened, as far as the record knows, in the order of its times. */
export function stepsOf(trail: TurnTrail): Step[] {
  const { item, amended, asked, files } = trail;
  const steps: Step[] = [
    ...(item.originTs === null
      ? []
      : [step(new Date(item.originTs), 'sender', html`Sent by ${personLink(item.sender)}, as their homeserver says`)]),
    ...(item.receivedTs === null ? [] : [step(new Date(item.receivedTs), 'ingress', html`Taken in by ingress`)]),
    step(item.storedAt, 'record', html`Stored as number ${number(item.seq)} of its lane`),
    ...amended.map(({ kind, at }) =>
      step(at, 'record', html`${kind === 'replace' ? 'Edited' : 'Withdrawn'} by its sender`, 'warn'),
    ),
    ...files.flatMap(fileSteps),
    ...courseSteps(trail),
    ...asked.flatMap(questionSteps),
    ...trail.said.flatMap(saidSteps),
  ];
  return steps
    .map((each, index) => ({ each, index }))
    .sort((one, other) => one.each.at.getTime() - other.each.at.getTime() || one.index - other.index)
    .map(({ each }) => each);
}

function step(at: Date, clock: Step['clock'], what: Html, tone?: Step['tone']): Step {
  return { at, clock, what, ...(tone && { tone }) };
}

/** The worker's own account; without one (the turn runs, or a worker died in it) the messages that it reserved. */
function courseSteps({ said, shown }: TurnTrail): Step[] {
  const course = said.find((each) => each.course !== null)?.course;
  if (!course) {
    return shown.map(({ at, part, epoch, eventId }) =>
      step(
        at,
        'record',
        html`Message ${part} of the answer reserved${eventId ? ' and posted' : ', not posted yet'}, epoch ${epoch}`,
      ),
    );
  }
  const at = (ms: number) => new Date(course.startedAt + ms);
  const [first, ...edits] = course.drafts;
  const last = edits.at(-1);
  const put = course.waits > 0 ? `, after it was put back ${counted(course.waits, 'time')} (the log says why)` : '';
  return [
    step(
      at(0),
      'worker',
      html`${course.resumed ? 'Taken up again' : 'Leased and begun'} by ${named(course.worker, 'a worker')}, epoch ${course.epoch}${put}`,
    ),
    ...(course.heardFirstMs === null ? [] : [step(at(course.heardFirstMs), 'worker', html`First event of the agent`)]),
    ...(first ? [step(at(first[0]), 'worker', html`First words shown, ${bytes(first[2])}`, 'good')] : []),
    ...(last
      ? [
          step(
            at(last[0]),
            'worker',
            html`<details><summary>${counted(edits.length + course.moreDrafts, 'edit')}, the last with ${bytes(last[2])}</summary>${draftsTable(course.drafts, course.moreDrafts)}</details>`,
          ),
        ]
      : []),
    ...(course.heardLastMs === null ? [] : [step(at(course.heardLastMs), 'worker', html`Last event of the agent`)]),
    ...(course.limited > 0
      ? [
          step(
            at(course.endedMs),
            'worker',
            html`The homeserver answered 429 ${counted(course.limited, 'time')} on the way`,
            'warn',
          ),
        ]
      : []),
  ];
}

function draftsTable(drafts: readonly (readonly [number, number, number])[], more: number): Html {
  return html`<table class="narrow">
    <thead><tr><th scope="col" class="number">After start</th><th scope="col" class="number">Message</th><th scope="col" class="number">Text</th></tr></thead>
    <tbody>
      ${drafts.map(([ms, part, size]) => html`<tr><td class="number">${took(ms)}</td><td class="number">${part}</td><td class="number">${bytes(size)}</td></tr>`)}
      ${more > 0 && html`<tr><td colspan="3">and ${number(more)} more</td></tr>`}
    </tbody>
  </table>`;
}

const OUTCOMES = { allowed: 'allowed', rejected: 'said no to', expired: 'left unanswered', open: 'waits for' } as const;

function questionSteps({ kind, person, state, always, at, answeredBy, answeredAt, expiresAt }: AskedInTurn): Step[] {
  const asked = step(at, 'record', html`Asked ${personLink(person)} for a ${kind}`);
  if (state === 'open') return [asked];
  const end = answeredAt ?? (state === 'expired' ? expiresAt : at);
  const who = answeredBy ? personLink(answeredBy) : 'Nobody';
  const what =
    state === 'expired'
      ? html`The ${kind} ${OUTCOMES[state]} until its end`
      : html`${who} ${OUTCOMES[state]} it${always && ', for good'}`;
  return [asked, step(end, 'record', what, state === 'allowed' ? 'good' : 'warn')];
}

function fileSteps({ way, name, size, state, code, at, doneAt }: FileOfTrail): Step[] {
  const what = html`${named(name, '(no name)')}${size !== null && `, ${bytes(Number(size))}`}`;
  const failed = code !== null && html` (<code>${plain(code)}</code>)`;
  if (way === 'in')
    return [
      step(
        at,
        'record',
        html`File ${what} ${state === 'fetched' ? 'fetched' : 'did not come'}${failed}`,
        state === 'fetched' ? undefined : 'bad',
      ),
    ];
  const offered = step(at, 'record', html`The agent offers the file ${what}`);
  if (doneAt === null) return [offered];
  return [offered, step(doneAt, 'record', html`File ${what} ${state}${failed}`, state === 'uploaded' ? 'good' : 'bad')];
}

function saidSteps({
  type,
  state,
  code,
  part,
  last,
  bytes: size,
  committedAt,
  sentAt,
  failure,
  op,
}: SaidAtEnd): Step[] {
  const noun =
    type === 'answer'
      ? last
        ? 'Last words of the answer'
        : `Message ${part} of the answer`
      : type === 'file'
        ? 'A file'
        : 'A notice or reply';
  const how = html`${noun}${state && state !== 'done' && ` (${state})`}${size > 0 && `, ${bytes(size)}`}${code && html` <code>${plain(code)}</code>`}`;
  const committed = step(
    committedAt,
    'record',
    html`${how}: committed`,
    code || state === 'failed' ? 'bad' : undefined,
  );
  if (failure !== null && sentAt)
    return [
      committed,
      step(sentAt, 'record', html`Not taken by the homeserver: ${plain(failure)} ${idText(op)}`, 'bad'),
    ];
  return sentAt ? [committed, step(sentAt, 'record', html`${noun}: sent`, 'good')] : [committed];
}
