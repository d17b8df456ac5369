import { gatherRecord } from '../../../shared/diagnosis/gather-record.ts';
import { instanceOf } from '../../../shared/diagnosis/verdict.ts';
import { type EventId, opId } from '../../../shared/ids/ids.ts';
import { type LaneLook, lookAtLanes } from '../../../shared/lane/look-at.ts';
import { usageOf } from '../../../shared/limits/usage.ts';
import { type KnownRoom, knownRoom } from '../../../shared/store/known-rooms.ts';
import { type TurnTrail, turnTrail } from '../../../shared/store/turn-trail.ts';
import type { Visitor } from '../access/visitor.ts';
import { actionsFor } from '../actions/actions-for.ts';
import type { OpsDeps } from '../area.ts';
import { type Html, html } from '../page/html.ts';
import type { Page } from '../page/layout.ts';
import { personLink, roomLink } from '../page/links.ts';
import { sentencesOf } from '../page/sentences.ts';
import { shellCommand } from '../page/shell-command.ts';
import { counted, idText, number, plain, took, when } from '../page/words.ts';
import { workersNow } from '../page/workers-now.ts';
import { phaseLine } from './phase-line.ts';
import { type Step, stepsOf } from './trail-steps.ts';
import { stateBadge } from './turns-table.ts';

/** What came of an event, on one line of time; null where the record has no item of it. */
export async function turnPage(event: EventId, visitor: Visitor | null, deps: OpsDeps): Promise<Page | null> {
  const { database } = deps;
  const trail = await turnTrail(database, event);
  if (!trail) return null;
  const { item } = trail;
  const [room, [lane]] = await Promise.all([knownRoom(database, item.room), lookAtLanes(database.run, [item.lane])]);
  const now = lane!.now.getTime();
  const steps = stepsOf(trail);
  const noun = nounOf(trail);
  return {
    title: `${noun} ${plain(event)}`,
    place: 'rooms',
    body: html`<h1>${noun} ${stateBadge(stateOf(trail, lane!))} ${codeOf(trail)}</h1>
      <p>${personLink(item.sender)} in ${roomLink(item.room, room?.name ?? null, room ? '(no name)' : '(room not known)')}, ${when(item.storedAt, now)}</p>
      ${lane!.doneSeq < item.seq && (await standing(trail, lane!, room, deps))}
      ${lane!.doneSeq < item.seq && actionsPlace(event, visitor)}
      <h2>What happened</h2>
      ${phaseLine(trail, now)}
      ${stepList(steps, item.storedAt)}
      <h2>Figures and ids</h2>
      ${facts(trail, room)}
      <p class="quiet">Log lines of all roles about it: ${shellCommand('logs', event)}. The same works with each id above.</p>`,
  };
}

function actionsPlace(event: EventId, visitor: Visitor | null): Html | null {
  const actions = actionsFor('turn', event, visitor);
  return actions && html`<div class="actions">${actions}</div>`;
}

function nounOf({ item: { type, command }, said }: TurnTrail): string {
  if (type === 'message') return 'Turn';
  // What was written behind an exclamation mark and is no command is a text like any other.
  const isCommand = type === 'command' && command !== null && said.every(({ code }) => code !== 'unknown_command');
  return isCommand && /^[a-z]{1,16}$/.test(command)
    ? `Command !${command}`
    : type === 'command'
      ? 'Command'
      : `Item “${type}”`;
}

function lastWord({ said }: TurnTrail) {
  return said.findLast(({ type }) => type === 'answer') ?? said.at(-1);
}

function stateOf(trail: TurnTrail, lane: LaneLook) {
  const { item } = trail;
  const word = lastWord(trail);
  return {
    ...item,
    receivedAt: item.storedAt,
    done: lane.doneSeq >= item.seq,
    begun: lane.head?.key === item.event && lane.head.started,
    state: word?.state ?? null,
    failure: word?.failure ?? null,
    saidAt: word?.committedAt ?? null,
    sentAt: word?.sentAt ?? null,
  };
}

function codeOf(trail: TurnTrail): Html | null {
  const code = lastWord(trail)?.code;
  return code ? html`<code>${plain(code)}</code>` : null;
}

/** Where it stands now, and what it waits for. */
async function standing(trail: TurnTrail, lane: LaneLook, room: KnownRoom | null, deps: OpsDeps): Promise<Html> {
  const { item } = trail;
  const before = item.seq - lane.doneSeq - 1;
  const now = lane.now.getTime();
  const usage = before === 0 && item.type === 'message' ? await usageOf(deps, item.sender, item.event) : null;
  const planned = usage?.startsAt && usage.startsAt.getTime() > now ? usage.startsAt : null;
  return html`<div class="standing">
    ${before > 0 && html`<p>It is not its turn yet: ${counted(before, 'item')} of its lane ${before === 1 ? 'stands' : 'stand'} before it. What goes on with the first of them:</p>`}
    ${(await verdictOf(lane, room, deps)).map((sentence) => html`<p>${sentence}</p>`)}
    ${planned && html`<p>A limit makes it wait: it may start ${when(planned, now)}. <a href=${`/people/${encodeURIComponent(item.sender)}`}>The limits of its sender</a></p>`}
    ${lane.holder !== null && before === 0 && html`<p class="quiet">Held by ${plain(instanceOf(lane.holder))}, epoch ${lane.epoch}, lease ${lane.leaseUntil && lane.leaseUntil.getTime() < now ? 'ended' : 'ends'} ${when(lane.leaseUntil, now)}.</p>`}
  </div>`;
}

async function verdictOf(lane: LaneLook, room: KnownRoom | null, deps: OpsDeps): Promise<string[]> {
  if (!room) return [`It waits in the lane ${plain(lane.lane)}, of a room that the record does not know.`];
  const [recorded, around] = await Promise.all([gatherRecord(deps.database, room), workersNow(deps)]);
  return sentencesOf({ ...recorded, ...around, agentProblem: undefined, member: null });
}

function stepList(steps: readonly Step[], from: Date): Html {
  return html`<ol class="steps">
    ${steps.map(({ at, what, tone, clock }) => {
      const ms = at.getTime() - from.getTime();
      return html`<li class=${tone ?? ''}>
        <time datetime=${at.toISOString()} title=${`${at.toISOString()}, by the clock of the ${clock}`}>${clockTime(at)}</time>
        <span class="number quiet">${ms < 0 ? `−${took(-ms)}` : `+${took(ms)}`}</span>
        <div>${what}</div>
      </li>`;
    })}
  </ol>`;
}

/** `14:03:05.123`, UTC. */
function clockTime(at: Date): string {
  return at.toISOString().slice(11, 23);
}

function facts({ item, said, shown, spent }: TurnTrail, room: KnownRoom | null): Html {
  const ops = new Set([...shown.map(({ op }) => String(op)), ...said.map(({ op }) => op.split('.')[0]!)]);
  const parts = shown.flatMap(({ eventId }) => (eventId ? [eventId] : []));
  return html`<dl class="facts">
    ${item.chars !== null && html`<dt>Length</dt><dd>${counted(item.chars, 'character')} asked${said.length > 0 && `, ${number(said.reduce((sum, { bytes }) => sum + bytes, 0))} bytes said at the end`}</dd>`}
    ${spent && html`<dt>Used</dt><dd>${counted(spent.tokens, 'token')}${spent.cost > 0 && `, cost ${spent.cost}`}</dd>`}
    <dt>Event</dt><dd>${idText(item.event)}</dd>
    ${parts.length > 0 && html`<dt>Answer’s messages</dt><dd>${parts.map((id) => html`<div>${idText(id)}</div>`)}</dd>`}
    ${item.type === 'message' && html`<dt>Turn</dt><dd>${idText(opId('turn', item.event))}</dd>`}
    ${room?.sessionId && html`<dt>Session</dt><dd>${idText(room.sessionId)}</dd>`}
    ${ops.size > 0 && html`<dt>Operations</dt><dd>${[...ops].map((op) => html`<div>${idText(op)}</div>`)}</dd>`}
    <dt>Lane</dt><dd>${idText(item.lane)}, number ${number(item.seq)}, queue ${item.queue}</dd>
  </dl>`;
}
