import { field, list, numberField, textField } from '../../config/json.ts';
import type { UserId } from '../../ids/ids.ts';
import { ROOM_TYPE } from '../../matrix/room-state.ts';
import type { Missing } from '../facts.ts';

/** Client-server API v1.11, “m.room.power_levels”: what holds where the event, or one of its levels, is missing. */
const DEFAULTS = { users: 0, state: 50, events: 0, invite: 0 };
const CREATOR = 100;
/** From room version 12 on creators stand above every level, and are not named in the event. */
const CREATORS_ABOVE = 12;

/** What of a room's state says who may do what there. */
export type PowerOf = {
  readonly self: UserId;
  readonly kind: 'space' | 'chat';
  /** Events of any shape; undefined where there is none. */
  readonly create: unknown;
  readonly power: unknown;
};

/** What the bot has to do in a room of this kind and has not the power for. Never throws. */
export function missingPower({ self, kind, create, power }: PowerOf): Missing[] {
  const content = field(power, 'content');
  const mine = ownLevel(self, create, power);
  const events = field(content, 'events');
  const state = levelOf(content, 'state_default') ?? DEFAULTS.state;
  const messages = levelOf(content, 'events_default') ?? DEFAULTS.events;
  const needed: [Missing, number][] = [
    ['state', levelOf(events, ROOM_TYPE) ?? state],
    kind === 'space'
      ? ['links', levelOf(events, 'm.space.child') ?? state]
      : ['messages', levelOf(events, 'm.room.message') ?? messages],
    ['invitations', levelOf(content, 'invite') ?? DEFAULTS.invite],
  ];
  return needed.flatMap(([what, level]) => (mine < level ? [what] : []));
}

function ownLevel(self: UserId, create: unknown, power: unknown): number {
  const created = field(create, 'content');
  const isCreator = textField(create, 'sender') === self;
  if (Number(textField(created, 'room_version') ?? 1) >= CREATORS_ABOVE)
    if (isCreator || list(field(created, 'additional_creators')).includes(self)) return Number.POSITIVE_INFINITY;
  if (power === undefined) return isCreator ? CREATOR : DEFAULTS.users;
  const content = field(power, 'content');
  return levelOf(field(content, 'users'), self) ?? levelOf(content, 'users_default') ?? DEFAULTS.users;
}

/** Up to room version 9 a level may also be an integer written as text. */
function levelOf(levels: unknown, name: string): number | undefined {
  const text = textField(levels, name)?.trim();
  return text !== undefined && /^[-+]?\d+$/.test(text) ? Number(text) : numberField(levels, name);
}
