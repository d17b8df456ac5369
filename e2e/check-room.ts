import { answerTo, repliesTo, surfacesOf } from '../services/cli/demo/person/answers.ts';
import {
  type ClientEvent,
  type Message,
  messagesOf,
  newest,
  type RoomHistory,
} from '../services/cli/demo/person/room-history.ts';

export type Expectation = {
  readonly bot: string;
  /** SURFACES_MAX_EDITS of the stack. */
  readonly maxEdits?: number;
  /** Questions that were withdrawn, or were asked by people who are not answered: they may have no answer. */
  readonly unanswered?: ReadonlySet<string>;
  /** Every question has to have its answer by now. Without it only what is there is judged. */
  readonly complete?: boolean;
};

/** Refusals that take the place of an answer, one for each message or one for many. */
const REFUSALS = new Set(['queue_full', 'not_allowed', 'archived', 'use_room', 'too_old', 'encrypted']);
const LIVE = 'org.matrix.msc4357.live';

/**
 * The promises, checked against what a person saw of one room from the first event to now.
 * @returns one line for each breach, empty when everything holds.
 */
export function checkRoom(history: RoomHistory, expectation: Expectation): string[] {
  const { bot } = expectation;
  const problems: string[] = [];
  const messages = messagesOf(history);
  const ours = messages.filter((message) => message.sender === bot);
  for (const message of ours) problems.push(...checkMessage(message, expectation.maxEdits ?? 30));
  problems.push(...checkOperations(ours));

  const asked = questions(history, bot);
  let before: { question: string; ends: number } | undefined;
  for (const event of asked) {
    const answer = answerTo(history, bot, event.event_id);
    const name = `${event.event_id} “${(event.content.body ?? '').slice(0, 40)}”`;
    if (answer.parts.length === 0) {
      const refused = repliesTo(history, bot, event.event_id).some((reply) =>
        REFUSALS.has(surfacesOf(reply).code ?? ''),
      );
      if (expectation.complete && !refused && !expectation.unanswered?.has(event.event_id)) {
        problems.push(`no answer to ${name}`);
      }
      continue;
    }
    problems.push(...checkParts(answer.parts, name, expectation.complete ?? false));
    problems.push(...checkMentions(answer.parts, event.sender, name));
    const begins = Math.min(...answer.parts.map((part) => part.index));
    const ends = Math.max(...answer.parts.map((part) => part.indexes.at(-1)!));
    if (before && begins < before.ends) {
      problems.push(`the answer to ${name} began before the answer to ${before.question} had ended`);
    }
    before = { question: event.event_id, ends };
  }
  return problems;
}

/** What people asked in the room: text that is not a command, an edit, or a notice. */
export function questions(history: RoomHistory, bot: string): ClientEvent[] {
  return history.events
    .map(({ event }) => event)
    .filter(
      (event) =>
        event.type === 'm.room.message' &&
        event.sender !== bot &&
        (event.content.msgtype === 'm.text' || event.content.msgtype === 'm.emote') &&
        event.content['m.relates_to']?.rel_type !== 'm.replace' &&
        typeof event.content.body === 'string' &&
        !/^!(?!!)/.test(event.content.body),
    );
}

function checkMessage(message: Message, maxEdits: number): string[] {
  const problems: string[] = [];
  const name = `message ${message.eventId}`;
  const edits = message.versions.length - 1;
  if (edits > maxEdits) problems.push(`${name} has ${edits} edits, more than ${maxEdits}`);
  const ops = new Set<unknown>();
  for (const [index, { raw, content, eventId }] of message.versions.entries()) {
    ops.add(raw['dev.surfaces']?.op);
    if (!raw['dev.surfaces']?.op) problems.push(`${name}: ${eventId} has no dev.surfaces.op in its content`);
    if (content !== raw && !content['dev.surfaces']?.op) {
      problems.push(`${name}: ${eventId} has no dev.surfaces.op in m.new_content`);
    }
    if (!content.body) problems.push(`${name}: ${eventId} has no body`);
    const streams = content['dev.surfaces']?.kind === 'answer' && content['dev.surfaces'].state === 'streaming';
    if (streams && (content.msgtype !== 'm.notice' || !content[LIVE])) {
      problems.push(`${name}: version ${index} streams and is not a notice with the live flag`);
    }
    if (!streams && (content[LIVE] || raw[LIVE]))
      problems.push(`${name}: version ${index} is final and has the live flag`);
  }
  if (ops.size > 1) problems.push(`${name} has more than one operation id: ${[...ops].join(', ')}`);
  const { content } = newest(message);
  if (content[LIVE]) problems.push(`${name} is left with its live flag`);
  if (content['dev.surfaces']?.state === 'streaming') problems.push(`${name} is left streaming`);
  const final = content['dev.surfaces']?.kind === 'answer' && content['dev.surfaces'].state !== 'streaming';
  if (final && content.msgtype !== 'm.text') problems.push(`${name} ended as ${content.msgtype}, not as m.text`);
  const finals = message.versions.filter((version) => version.content['dev.surfaces']?.state !== 'streaming');
  if (content['dev.surfaces']?.kind === 'answer' && finals.length > 1) {
    problems.push(`${name} was ended ${finals.length} times`);
  }
  return problems;
}

function checkOperations(ours: readonly Message[]): string[] {
  const seen = new Map<string, string>();
  const problems: string[] = [];
  for (const message of ours) {
    const op = surfacesOf(message).op;
    if (!op) continue;
    if (seen.has(op)) problems.push(`operation ${op} was done twice: ${seen.get(op)} and ${message.eventId}`);
    seen.set(op, message.eventId);
  }
  return problems;
}

function checkParts(parts: readonly Message[], name: string, complete: boolean): string[] {
  const problems: string[] = [];
  const numbers = parts.map((part) => surfacesOf(part).part);
  if (numbers.some((number, index) => number !== index + 1)) {
    problems.push(`the answer to ${name} has the parts ${numbers.join(', ')}`);
  }
  const lasts = parts.filter((part) => surfacesOf(part).last === true);
  if (lasts.length > 1) problems.push(`the answer to ${name} has ${lasts.length} last parts`);
  if (lasts.length === 1 && lasts[0] !== parts.at(-1))
    problems.push(`the answer to ${name} goes on after its last part`);
  if (complete && lasts.length === 0) problems.push(`the answer to ${name} has no last part`);
  return problems;
}

/** The phone buzzes once: for the end of the answer, and not for what somebody stopped. */
function checkMentions(parts: readonly Message[], asker: string, name: string): string[] {
  const problems: string[] = [];
  for (const part of parts) {
    for (const [index, { raw }] of part.versions.entries()) {
      const surfaces = raw['m.new_content']?.['dev.surfaces'] ?? raw['dev.surfaces'];
      const mentioned = raw['m.mentions']?.user_ids ?? [];
      const due =
        part === parts.at(-1) &&
        index === part.versions.length - 1 &&
        surfaces?.last === true &&
        (surfaces.state === 'done' || surfaces.state === 'failed');
      if (due && !mentioned.includes(asker))
        problems.push(`the end of the answer to ${name} does not mention the asker`);
      if (!due && mentioned.length > 0) problems.push(`the answer to ${name} mentions somebody before its end`);
      if (mentioned.some((user) => user !== asker)) problems.push(`the answer to ${name} mentions somebody else`);
    }
  }
  return problems;
}
