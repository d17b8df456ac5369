import type { EventId, RoomId, SessionId, UserId } from '../ids/ids.ts';
import { isBlockedSql } from './blocked.ts';
import { type FileOfTurn, waits } from './files-in.ts';
import type { LiveMessage } from './live-messages.ts';
import type { Database } from './postgres.ts';
import type { Room } from './rooms.ts';

/** What a person speaks: what they chose, and what they wrote last. */
export type Speaks = { readonly language: 'en' | 'ru' | 'auto'; readonly writes: 'en' | 'ru' | null };

/** What there is to know about whoever writes somewhere. */
export type Circumstances = {
  readonly room: Room | null;
  readonly speaks: Speaks;
  /** Whom the room's owner lets ask here, beside themselves. */
  readonly guests: readonly UserId[];
  /** The operator has shut this person out. */
  readonly blocked: boolean;
};

/** All that a turn needs to know at its start. */
export type TurnContext = Circumstances & {
  /** Not empty where an earlier worker began to answer and did not finish. */
  readonly live: LiveMessage[];
  /** A list that this person was shown here before they wrote this, and that is still open. */
  readonly picks: boolean;
  /** Files of this turn, and those that this person has sent here since and that no turn has been given. */
  readonly files: readonly FileOfTurn[];
};

export type MessageFacts = {
  readonly room: RoomId;
  readonly event: EventId;
  readonly sender: UserId;
  /** Its place in the order of everything. */
  readonly position: number;
  /** The language it is written in, where it tells. */
  readonly writes: 'en' | 'ru' | null;
  /** Nothing but a number: what may pick from a list, and so does not close it. */
  readonly mayPick: boolean;
  readonly thread?: EventId;
  /** A message that is asked again: its files are this turn's, too. */
  readonly again?: EventId;
};

type Row = {
  roomId: RoomId | null;
  kind: Room['kind'];
  owner: UserId;
  sessionId: SessionId | null;
  state: Room['state'];
  name: string | null;
  namedBy: Room['namedBy'];
  unsaved: boolean;
  language: Speaks['language'] | null;
  writes: Speaks['writes'];
  guests: UserId[] | null;
  blocked: boolean;
};
type TurnRow = Row & { live: LiveMessage[] | null; picks: boolean; files: FileOfTurn[] | null };

const circumstancesOf = (
  person: string,
) => `r.room_id AS "roomId", r.kind, r.owner, r.session_id AS "sessionId", r.state, r.name, r.named_by AS "namedBy", r.unsaved,
  p.language, p.writes, (SELECT array_agg(g.user_id) FROM guest g WHERE g.room_id = $1) AS guests,
  ${isBlockedSql(person)} AS blocked`;

/** One statement: what there is to know, and what a message changes by being there. A number that picks is none. */
const TURN = {
  name: 'turn_context',
  text: `WITH list AS (
           SELECT FROM open_list WHERE $6 AND room_id = $1 AND person = $3 AND position < $5 AND expires_at > now()
         ), used AS (
           UPDATE room SET last_turn_at = now(), unsaved = true
            WHERE room_id = $1 AND kind = 'chat' AND NOT EXISTS (SELECT FROM list)
              AND (owner = $3 OR EXISTS (SELECT FROM guest g WHERE g.room_id = $1 AND g.user_id = $3))
              AND (NOT unsaved OR coalesce(last_turn_at, '-infinity') < now() - interval '1 minute')
         ), heard AS (
           UPDATE person SET writes = $4 WHERE user_id = $3 AND $4::text IS NOT NULL AND writes IS DISTINCT FROM $4
         ), closed AS (
           DELETE FROM open_list WHERE room_id = $1 AND person = $3 AND position < $5 AND NOT $6
         )
         SELECT ${circumstancesOf('$3::text')},
           (SELECT json_agg(json_build_object('op', m.op, 'part', m.part, 'id', m.event_id, 'edits', m.edits,
                     'ageMs', (extract(epoch FROM now() - m.created_at) * 1000)::int) ORDER BY m.part)
              FROM live_message m WHERE m.in_response_to = $2) AS live,
           EXISTS (SELECT FROM list) AS picks,
           (SELECT json_agg(json_build_object('event', f.event_id, 'name', f.name, 'path', f.path, 'mime', f.mime, 'size', f.size,
                     'failure', f.failure, 'given', f.turn IS NOT NULL) ORDER BY f.position)
              FROM file_in f WHERE f.turn = ANY($7) OR (
                f.workspace = r.session_id AND ${waits({ room: '$1', sender: '$3', position: '$5', thread: '$8' })})) AS files
         FROM (SELECT 1) one LEFT JOIN room r ON r.room_id = $1 LEFT JOIN person p ON p.user_id = $3`,
};
const COMMAND = {
  name: 'command_context',
  text: `WITH closed AS (DELETE FROM open_list WHERE room_id = $1 AND person = $2 AND position < $3)
         SELECT ${circumstancesOf('$2::text')} FROM (SELECT 1) one LEFT JOIN room r ON r.room_id = $1 LEFT JOIN person p ON p.user_id = $2`,
};
const LIVE = {
  name: 'live_messages',
  text: `SELECT op, part, event_id AS id, edits, (extract(epoch FROM now() - created_at) * 1000)::int AS "ageMs"
         FROM live_message WHERE in_response_to = $1 ORDER BY part`,
};

/** For a message. Everything that it changes it changes only once, however often it is run. */
export async function turnContext(database: Database, message: MessageFacts): Promise<TurnContext> {
  const { room, event, sender, writes, position, mayPick, thread, again } = message;
  const turns = again === undefined ? [event] : [event, again];
  const values = [room, event, sender, writes, position, mayPick, turns, thread ?? null];
  const [row] = await database.run<TurnRow>(TURN, values);
  return { ...circumstances(row), live: row?.live ?? [], picks: row?.picks ?? false, files: row?.files ?? [] };
}

/** For a command, which closes a list that was shown before it. */
export async function commandContext(
  database: Database,
  command: { readonly room: RoomId; readonly sender: UserId; readonly position: number },
): Promise<Circumstances> {
  const [row] = await database.run<Row>(COMMAND, [command.room, command.sender, command.position]);
  return circumstances(row);
}

/** What has been shown of the answer to a message. */
export async function liveMessages(database: Database, cause: EventId): Promise<LiveMessage[]> {
  return database.run<LiveMessage>(LIVE, [cause]);
}

function circumstances(row: Row | undefined): Circumstances {
  const speaks: Speaks = { language: row?.language ?? 'auto', writes: row?.writes ?? null };
  const blocked = row?.blocked ?? false;
  if (!row?.roomId) return { room: null, speaks, guests: [], blocked };
  const { roomId, kind, owner, sessionId, state, name, namedBy, unsaved } = row;
  return {
    room: { roomId, kind, owner, sessionId, state, name, namedBy, unsaved },
    speaks,
    guests: row.guests ?? [],
    blocked,
  };
}
