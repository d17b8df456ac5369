import type { Command } from './command.ts';
import { agentCommand } from './commands/agent.ts';
import { archiveCommand } from './commands/archive.ts';
import { clearCommand } from './commands/clear.ts';
import { contextCommand } from './commands/context.ts';
import { filesCommand } from './commands/files.ts';
import { forgetCommand } from './commands/forget.ts';
import { helpCommand } from './commands/help.ts';
import { languageCommand } from './commands/language.ts';
import { loadCommand } from './commands/load.ts';
import { newCommand } from './commands/new.ts';
import { noCommand } from './commands/no.ts';
import { peopleCommand } from './commands/people.ts';
import { permissionsCommand } from './commands/permissions.ts';
import { renameCommand } from './commands/rename.ts';
import { resetCommand } from './commands/reset.ts';
import { restoreCommand } from './commands/restore.ts';
import { retryCommand } from './commands/retry.ts';
import { roomsCommand } from './commands/rooms.ts';
import { saveCommand } from './commands/save.ts';
import { settingsCommand } from './commands/settings.ts';
import { snapshotsCommand } from './commands/snapshots.ts';
import { stopCommand } from './commands/stop.ts';
import { yesCommand } from './commands/yes.ts';

/** All commands, in the order in which help shows them. */
export const COMMAND_LIST: readonly Command[] = [
  helpCommand,
  stopCommand,
  retryCommand,
  yesCommand,
  noCommand,
  newCommand,
  roomsCommand,
  renameCommand,
  archiveCommand,
  restoreCommand,
  settingsCommand,
  agentCommand,
  filesCommand,
  contextCommand,
  saveCommand,
  loadCommand,
  snapshotsCommand,
  forgetCommand,
  resetCommand,
  clearCommand,
  permissionsCommand,
  peopleCommand,
  languageCommand,
];
