import type { MatrixHttp } from '../../shared/matrix/http.ts';
import type { WorkItem } from '../../shared/matrix/work-item.ts';
import type { Log } from '../../shared/runtime/log.ts';
import type { Database } from '../../shared/store/postgres.ts';
import type { Room } from '../../shared/store/rooms.ts';
import type { Utterance } from '../../shared/surface/port.ts';
import type { Scan } from './scan/scan.ts';

/** What files are carried with. */
export type AttachmentDeps = {
  readonly database: Database;
  readonly http: MatrixHttp;
  /** The shared volume. */
  readonly agentsDir: string;
  readonly limits: {
    /** Of one file, in bytes: ours, or the homeserver's where that is smaller. */
    readonly fileBytes: number;
    readonly roomBytes: number;
    readonly personBytes: number;
    /** How long a file waits for more, and for a text. */
    readonly gatherMs: number;
  };
  /** Extensions and media types that are not taken, nor sent. */
  readonly refused: readonly string[];
  /** The operator's own look at a file before anybody gets it; null where there is none. */
  readonly scan: Scan | null;
  readonly allow: readonly string[];
  /** Says something at once, and once, under its operation id. */
  readonly say: (utterance: Utterance, signal: AbortSignal) => Promise<void>;
  readonly typing: (room: WorkItem['room'], on: boolean) => void;
  readonly adopt: (room: WorkItem['room']) => Promise<Room | null>;
  readonly log: Log;
};
