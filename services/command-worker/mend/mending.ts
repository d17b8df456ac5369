import type { UserId } from '../../../shared/ids/ids.ts';
import type { LaneItem, Send } from '../../../shared/lane/lane.ts';
import type { MendItem, WorkItem } from '../../../shared/matrix/work-item.ts';
import type { CommandParts } from '../command.ts';
import type { Mending } from './read-action.ts';

export type MendParts = Pick<CommandParts, 'database' | 'http' | 'self' | 'stopWork' | 'log'>;

/** What a mend knows of the item that it is done for. */
export type MendCall = {
  readonly item: LaneItem<WorkItem>;
  readonly about: MendItem;
  /** Whose rooms are mended: the item is in this person's lane. */
  readonly owner: UserId;
};

/**
 * Mends one thing. The plan is a moment old, so each looks first whether it is still so. It may be killed at any point and
 * run again. @returns what is to be said. @throws MatrixRefusal where the homeserver does not let us: then nothing more is done.
 */
export type Mend<Kind extends Mending> = (mending: Kind, call: MendCall, parts: MendParts) => Promise<Send[]>;
