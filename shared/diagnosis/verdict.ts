import type { LaneLook } from '../lane/look-at.ts';
import type { QueueName } from '../queue/queues.ts';
import { CALLED_AS } from '../runtime/called-as.ts';
import type { OpenQuestion } from '../store/room-evidence.ts';
import { ago, clock, span } from '../time/ago.ts';
import type { Evidence } from './evidence.ts';

const ROLES: Readonly<Record<QueueName, string>> = {
  turns: 'turn-worker',
  commands: 'command-worker',
  attachments: 'attachment-worker',
};
/** An item that came in less than this ago has its wake on the way. */
const FRESH_MS = 5_000;
/** The full sweep (reconcile-worker, every 15 s) has been there by then, and a worker has had its time. */
const SWEPT_MS = 25_000;
/** The quick sweep looks each second. */
const OVERDUE_MS = 5_000;

/** What goes on in a room, in words, and what to do about it. The times are those of the database. */
export function verdict(evidence: Evidence): string {
  const { lane, beside, ingress, member, room } = evidence;
  const sentences = [
    ...(member === false
      ? ['The bot is not in this room: nothing that is written there reaches it, until it is invited again.']
      : []),
    ofLane(lane, evidence) ?? idle(evidence),
    ...beside.flatMap((each) => {
      const sentence = ofLane(each, evidence);
      return sentence ? [`In the lane ${nameOf(each)}: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`] : [];
    }),
    ...(room.state === 'archived' ? ['The room is archived: only !restore and !help are answered.'] : []),
    ...(ingress
      ? []
      : ['No ingress is active: what is written now is not taken in. Start it, or see its log; nothing is lost.']),
  ];
  return sentences.join('\n');
}

/** `control`, `files`, `person`: what stands before the slash. */
export function nameOf({ lane }: LaneLook): string {
  return lane.slice(0, lane.indexOf('/'));
}

function idle({ answers: [last], lane, room }: Evidence): string {
  if (room.kind === 'space') return 'This is a Space: nobody is answered in it.';
  if (lane.lastSeq === 0) return 'Nothing waits: nobody has asked anything here.';
  if (!last) return 'Nothing waits.';
  const when = ago(last.at, lane.now.getTime());
  if (last.state === 'failed')
    return `Nothing waits; the last message was answered with the error ${last.code} ${when}.`;
  if (last.state === 'stopped') return `Nothing waits; the last answer was stopped ${when}.`;
  return `Nothing waits; the last message was answered ${when}.`;
}

/** Undefined where a lane has nothing to do. */
function ofLane(lane: LaneLook, evidence: Evidence): string | undefined {
  const { head, holder, leaseUntil, waitUntil } = lane;
  const now = lane.now.getTime();
  if (!head) return lane.unsent > 0 ? unsent(lane) : undefined;
  if (holder !== null && leaseUntil !== null)
    return leaseUntil.getTime() > now ? running(lane, head, evidence) : dead(lane, holder, leaseUntil, evidence);
  if (head.keptFor !== null)
    return `What comes next waits until ${head.keptFor} is done, which may confirm something that comes before it${behind(lane)}.`;
  if (waitUntil !== null && now - waitUntil.getTime() < OVERDUE_MS) return waiting(lane, head, waitUntil, evidence);
  return pending(lane, head, evidence);
}

type Head = NonNullable<LaneLook['head']>;

function running(lane: LaneLook, head: Head, { agentProblem, live }: Evidence): string {
  // Its start is not recorded: it came after it was received, and after what is before it was answered.
  const since = Math.max(head.receivedAt.getTime(), lane.saidAt?.getTime() ?? 0);
  const what = isTurn(head) ? 'A turn' : `${capitalized(nounOf(head))}`;
  const told = head.stopped || head.withdrawn ? ' It was told to stop.' : '';
  const silent = isTurn(head) && live.length === 0 ? ', and nothing of it has been shown yet' : '';
  const first = `${what} has been running for ${span(lane.now.getTime() - since)} at ${instanceOf(lane.holder!)}${silent}${behind(lane)}.${told}`;
  return isTurn(head) && agentProblem !== undefined ? `${first} ${agentAway(agentProblem)}` : first;
}

function waiting(lane: LaneLook, head: Head, until: Date, { questions, agentProblem }: Evidence): string {
  const question = questions.find(({ kind, cause }) => kind === 'permission' && cause === head.key);
  if (question && head.started) return parked(lane, question);
  const next = `it is tried again in ${span(until.getTime() - lane.now.getTime())}`;
  if (!head.started)
    return `${capitalized(nounOf(head))} may not begin yet (a limit, or files that belong to it); ${next}${behind(lane)}.`;
  if (lane.losses > 0)
    return `${capitalized(nounOf(head))} lost its worker ${lane.losses === 1 ? 'once' : `${lane.losses} times in a row`}, and may be why; ${next}${behind(lane)}. If it goes on, it ends with an error. See what ended ${roleOf(head)}: its log, and whether it gets enough memory.`;
  if (lane.waits > 0) {
    const why =
      isTurn(head) && agentProblem !== undefined
        ? agentAway(agentProblem)
        : `Something that it needs is away: the log of ${roleOf(head)} says what.`;
    return `${capitalized(nounOf(head))} was put back ${lane.waits === 1 ? 'once' : `${lane.waits} times`}; ${next}${behind(lane)}. ${why}`;
  }
  return `${capitalized(nounOf(head))} waits for something from outside until ${clock(until)}${behind(lane)}.`;
}

function parked(lane: LaneLook, { person, askedAt, expiresAt, eventId }: OpenQuestion): string {
  const asked = eventId === null ? 'that is about to be asked' : `asked at ${clock(askedAt)}`;
  return `A turn waits for the answer to a permission ${asked}: ${person} says !yes or !no, until ${clock(expiresAt)}${behind(lane)}.`;
}

function dead(lane: LaneLook, holder: string, until: Date, evidence: Evidence): string {
  const head = lane.head!;
  const since = span(lane.now.getTime() - until.getTime());
  const first = `${instanceOf(holder)} holds the lane and has not been heard of: its lease ended ${since} ago.`;
  return `${first} ${missing(head, evidence) ?? 'reconcile-worker gives the lane to another worker within seconds; if it does not, see that it is up.'}`;
}

function pending(lane: LaneLook, head: Head, evidence: Evidence): string {
  const waitMs =
    lane.now.getTime() -
    Math.max(head.receivedAt.getTime(), lane.saidAt?.getTime() ?? 0, lane.waitUntil?.getTime() ?? 0);
  const n = lane.lastSeq - lane.doneSeq;
  const what =
    n === 1 ? `${capitalized(nounOf(head))} waits` : `${n} ${nameOf(lane) === 'room' ? 'messages' : 'items'} wait`;
  const first = `${what} and nobody holds the lane, for ${span(waitMs)}`;
  const absent = missing(head, evidence);
  if (absent) return `${first}. ${absent}`;
  if (waitMs < FRESH_MS) return `${first}: its wake is on the way.`;
  if (waitMs < SWEPT_MS)
    return `${first}. Its wake was lost, or the workers are busy or stand still; reconcile-worker finds it within 15 s.`;
  return `${first}. Workers are there: see that reconcile-worker is up, and whether ${roleOf(head)} is busy (SURFACES_CONCURRENCY) or complains in its log.`;
}

/** Why nobody would take it. */
function missing(head: Head, { workers, redis, processes = [] }: Evidence): string | undefined {
  if (!redis)
    return 'Redis does not answer, so that no worker hears of it; nothing is lost. Check REDIS_URL and bring it back.';
  const queue = (head.handedTo ?? head.queue) as QueueName;
  if (workers && workers[queue] === 0)
    return `No ${roleOf(head)} is connected: are the ${roleOf(head)}s up? Start one; if it ends, its log says why.`;
  return idleWorkers(roleOf(head), processes);
}

/** Connected, and none of them takes work. */
function idleWorkers(role: string, processes: NonNullable<Evidence['processes']>): string | undefined {
  const own = processes.filter((each) => each.role === role);
  if (own.length === 0 || own.some(({ state }) => state === 'there')) return undefined;
  const named = (state: 'drained' | 'silent') =>
    own.flatMap((each) => (each.state === state ? [each.instance] : [])).join(', ');
  const [drained, silent] = [named('drained'), named('silent')];
  return [
    `No ${role} takes work.`,
    ...(drained ? [`Drained by an operator: ${drained}; \`${CALLED_AS} undrain ${role}\` takes that back.`] : []),
    ...(silent ? [`Silent for 15 s or longer: ${silent}; restart it if nothing does.`] : []),
  ].join(' ');
}

function unsent(lane: LaneLook): string {
  const { holder, leaseUntil, unsentSince, now } = lane;
  const since = span(now.getTime() - (unsentSince?.getTime() ?? now.getTime()));
  const who = holder !== null && leaseUntil !== null && leaseUntil > now ? ` ${instanceOf(holder)} is at it.` : '';
  return `An answer is ready and not sent, for ${since}.${who} If it lasts, the homeserver does not take it: see matrix_… in the log of the workers.`;
}

function behind({ lastSeq, doneSeq }: LaneLook): string {
  const n = lastSeq - doneSeq - 1;
  return n === 0 ? '' : n === 1 ? '; 1 more waits behind it' : `; ${n} more wait behind it`;
}

function agentAway(problem: string): string {
  return `The agent host does not answer (${problem}): messages wait for it, and people are told. Check AGENT_URL and the host’s log.`;
}

function isTurn(head: Head): boolean {
  return (head.handedTo ?? head.queue) === 'turns' && head.kind === 'message';
}

function nounOf({ kind }: Head): string {
  switch (kind) {
    case 'message':
      return 'a message';
    case 'command':
    case 'confirmed':
      return 'a command';
    case 'invite':
      return 'an invitation';
    case 'upload':
      return 'a file that goes out';
    default:
      return kind === null ? 'an item' : `an item (${kind})`;
  }
}

function roleOf({ handedTo, queue }: Head): string {
  return ROLES[(handedTo ?? queue) as QueueName] ?? `worker of ${handedTo ?? queue}`;
}

/** A holder is the instance and a number of this run of it. */
export function instanceOf(holder: string): string {
  return holder.slice(0, holder.includes('/') ? holder.lastIndexOf('/') : undefined);
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
