import type { AgentConnection } from '../../shared/agent-protocol/client.ts';
import type { UserId } from '../../shared/ids/ids.ts';
import type { Wake } from '../../shared/lane/lane.ts';
import type { Admission } from '../../shared/limits/admission.ts';
import type { MatrixHttp } from '../../shared/matrix/http.ts';
import type { MessageItem } from '../../shared/matrix/work-item.ts';
import type { Log } from '../../shared/runtime/log.ts';
import type { Database } from '../../shared/store/postgres.ts';
import type { Room } from '../../shared/store/rooms.ts';
import type { Chat, Utterance } from '../../shared/surface/port.ts';
import type { Outage } from './outage.ts';

/** What turns work with. */
export type TurnDeps = {
  readonly database: Database;
  readonly http: MatrixHttp;
  /** The bot. */
  readonly self: UserId;
  /** This process, as operators call it. */
  readonly instance: string;
  /** What people call the bot in a text. */
  readonly names: readonly string[];
  readonly agent: AgentConnection;
  readonly chat: (room: MessageItem['room']) => Chat;
  /** Says something at once, outside of the order of what the turn says last. */
  readonly say: (utterance: Utterance, signal: AbortSignal) => Promise<void>;
  readonly wake: Wake;
  readonly adopt: (room: MessageItem['room']) => Promise<Room | null>;
  readonly allow: readonly string[];
  /** The limits of people, rooms and servers. */
  readonly admission: Pick<Admission, 'admit' | 'renew' | 'leave'>;
  /** Something that the head of a lane waits for has happened. */
  readonly nudge: (lane: string) => Promise<void>;
  readonly idleTimeoutMs: number;
  /** How long an agent host may be away until turns fail. */
  readonly patienceMs: number;
  /** One for the process. */
  readonly outage: Outage;
  readonly permissionMs: number;
  /** When the record was last restored from a backup, in milliseconds since 1970; 0 where it never was. */
  readonly restoredMs: number;
  /** Whether the log shows what was asked and answered: `SURFACES_LOG_CONTENT`. */
  readonly logContent: boolean;
  readonly log: Log;
};
