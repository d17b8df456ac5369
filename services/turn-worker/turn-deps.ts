import type { AgentConnection } from '../../shared/agent-protocol/client.ts';
import type { UserId } from '../../shared/ids/ids.ts';
import type { Wake } from '../../shared/lane/lane.ts';
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
  /** What people call the bot in a text. */
  readonly names: readonly string[];
  readonly agent: AgentConnection;
  readonly chat: (room: MessageItem['room']) => Chat;
  /** Says something at once, outside of the order of what the turn says last. */
  readonly say: (utterance: Utterance, signal: AbortSignal) => Promise<void>;
  readonly wake: Wake;
  readonly adopt: (room: MessageItem['room']) => Promise<Room | null>;
  readonly allow: readonly string[];
  readonly idleTimeoutMs: number;
  /** How long an agent host may be away until turns fail. */
  readonly patienceMs: number;
  /** One for the process. */
  readonly outage: Outage;
  readonly permissionMs: number;
  readonly log: Log;
};
