import { fileUtterance, refusedUtterance } from '../../../shared/delivery/file-messages.ts';
import { uploaded } from '../../../shared/delivery/uploads.ts';
import { opId } from '../../../shared/ids/ids.ts';
import { bytes, dateTime } from '../../../shared/texts/formats.ts';
import { say } from '../../../shared/texts/say.ts';
import { workspacePath } from '../../../shared/volume/layout.ts';
import { listFiles } from '../../../shared/volume/list-files.ts';
import type { Command } from '../command.ts';

/** As many as are read on a phone without losing the place; what is older is counted. */
const MOST = 20;
const PATIENCE_MS = 60_000;

/** `!files`: what lies in the room's workspace, the newest first; a bare number sends that file. */
export const filesCommand: Command = {
  name: 'files',
  where: 'room',
  by: 'guests',
  async run({ room, language }, { agentsDir }) {
    const { files, more } = await listFiles(workspacePath(agentsDir, room.sessionId), { most: MOST });
    if (files.length === 0) return { text: say(language, 'files_none'), code: 'nothing_waiting' };
    const lines = files.map(({ path, size, modifiedMs }, index) => {
      const values = { path, size: bytes(language, size), date: dateTime(language, new Date(modifiedMs)) };
      return `${index + 1}. ${say(language, 'files_line', values)}`;
    });
    const rest = more > 0 ? [say(language, 'files_more', { count: more })] : [];
    const text = [say(language, 'files_list'), lines.join('\n'), ...rest].join('\n\n');
    return { text, list: { kind: 'files', entries: files.map(({ path }) => ({ id: path, name: path })) } };
  },
  async picked({ about, room, item, language }, { id: path, name }, { database, wake, signal }) {
    const op = opId('sent-file', about.event);
    const shortName = name.slice(name.lastIndexOf('/') + 1);
    const offer = { path, name: shortName, mime: 'application/octet-stream' };
    const { position } = item;
    const wanted = { op, workspace: room.sessionId, offer, about, position, patienceMs: PATIENCE_MS };
    const file = await uploaded(wanted, { database, wake, signal });
    const more = file.state === 'uploaded' ? fileUtterance(file, about) : refusedUtterance(file, about, language);
    return { text: '', more: [more] };
  },
};
