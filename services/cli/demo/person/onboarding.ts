import type { Person } from './person.ts';
import { type RoomHistory, stateOf } from './room-history.ts';

export type Home = {
  readonly space: string;
  readonly spaceName: string;
  readonly room: string;
  readonly roomName: string;
};

/** What happens on the way to a first conversation, with the time since the invitation, in ms. */
export type OnboardingStep = {
  readonly step: 'invited' | 'bot_joined' | 'space' | 'room';
  readonly roomId: string;
  readonly name: string | undefined;
  readonly ms: number;
};

/** The rooms of a kind that the bot made for this person and that the person is in. The state event counts only if the bot sent it. */
export function roomsOfKind(person: Person, bot: string, kind: 'space' | 'chat'): RoomHistory[] {
  return [...person.rooms.values()].filter((history) => {
    const state = stateOf(history, 'dev.surfaces.room');
    const own = stateOf(history, 'm.room.member', person.userId)?.content.membership;
    return (
      state?.sender === bot &&
      state.content.kind === kind &&
      state.content.state !== 'archived' &&
      state.content.owner === person.userId &&
      own === 'join'
    );
  });
}

export function nameOf(history: RoomHistory): string {
  const name = stateOf(history, 'm.room.name')?.content.name;
  return typeof name === 'string' && name !== '' ? name : '(no name)';
}

/** The Space and the first room that a person already has, if the person has both. */
export function findHome(person: Person, bot: string): Home | undefined {
  const space = roomsOfKind(person, bot, 'space')[0];
  const room = roomsOfKind(person, bot, 'chat')[0];
  return space && room && { space: space.roomId, spaceName: nameOf(space), room: room.roomId, roomName: nameOf(room) };
}

/**
 * Invites the bot to a DM, accepts every invitation that the bot sends back, and returns once the person is in a Space
 * and in a room of it.
 * @throws Error that names the step which did not come within `timeoutMs`.
 */
export async function inviteBot(
  person: Person,
  bot: string,
  onStep: (step: OnboardingStep) => void = () => {},
  timeoutMs = 30_000,
): Promise<Home & { dm: string }> {
  const began = performance.now();
  const tell = (step: OnboardingStep['step'], roomId: string, name?: string) =>
    onStep({ step, roomId, name, ms: performance.now() - began });
  const dm = await person.startDm(bot);
  tell('invited', dm);
  await person.until(
    `${bot} to join the DM`,
    () => stateOf(person.room(dm), 'm.room.member', bot)?.content.membership === 'join',
    timeoutMs,
  );
  tell('bot_joined', dm);
  const space = await enter(person, bot, 'space', timeoutMs);
  tell('space', space.roomId, nameOf(space));
  const room = await enter(person, bot, 'chat', timeoutMs);
  tell('room', room.roomId, nameOf(room));
  return { dm, space: space.roomId, spaceName: nameOf(space), room: room.roomId, roomName: nameOf(room) };
}

async function enter(person: Person, bot: string, kind: 'space' | 'chat', timeoutMs: number): Promise<RoomHistory> {
  const there = () => roomsOfKind(person, bot, kind)[0];
  const invited = () =>
    [...person.invitations.values()].find(
      (invitation) => invitation.inviter === bot && invitation.isSpace === (kind === 'space'),
    );
  const found = await person.until(`an invitation to a ${kind}`, () => there() ?? invited(), timeoutMs);
  if ('inviter' in found) await person.join(found.roomId);
  return person.until(`the ${kind} after joining it`, there, timeoutMs);
}
