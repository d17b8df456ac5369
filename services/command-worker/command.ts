import type { ErrorCode } from '../../shared/errors/codes.ts';
import type { UserId } from '../../shared/ids/ids.ts';
import type { LaneItem } from '../../shared/lane/lane.ts';
import type { CommandName } from '../../shared/matrix/command-placement.ts';
import type { CommandItem, WorkItem } from '../../shared/matrix/work-item.ts';
import type { Room } from '../../shared/store/rooms.ts';
import type { Language } from '../../shared/texts/detect-language.ts';

export type CommandCall = {
  readonly item: LaneItem<WorkItem>;
  readonly command: CommandItem;
  /** What was written behind the command, trimmed. */
  readonly rest: string;
  /** The room it was given in; null where the bot did not make it (the DM of the invitation, or any other). */
  readonly room: Room | null;
  readonly person: UserId;
  readonly language: Language;
};

export type Reply = { readonly text: string; readonly code?: ErrorCode };

/** A command is a value: parsing, running and help all come from it. Its words are in the catalogue under `command_<name>_…`. */
export type Command = {
  readonly name: CommandName & ('help' | 'stop');
  run(call: CommandCall): Promise<Reply>;
};
