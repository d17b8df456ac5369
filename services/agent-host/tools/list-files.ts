import { z } from '../../../shared/config/zod.ts';
import { descend } from '../../../shared/volume/folder.ts';
import { type ListedFile, listFiles } from '../../../shared/volume/list-files.ts';
import { makeTool } from './make-tool.ts';
import { folderPath, LONGEST_PATH, shownPath } from './workspace-path.ts';

const MOST_FILES = 200;
/** Characters of an answer: names can be long. */
const LONGEST_ANSWER = 64 * 1024;

export const listFilesTool = makeTool({
  name: 'list_files',
  description: `Lists the files of the workspace, or of one folder of it, at any depth, the newest first: path, size in bytes, time of the last change (UTC). At most ${MOST_FILES} of them. What people sent is in the folder inbox. Hidden files and links are left out. A path in quotation marks is a JSON string.`,
  schema: z.object({
    folder: folderPath
      .optional()
      .describe('Relative to the workspace, such as "inbox"; the whole workspace without it.'),
  }),
  title: (args) =>
    args?.folder?.length ? `lists the files in ${shownPath(args.folder.join('/'))}` : 'lists the files',
  async run({ folder: names = [] }, { workspace, signal }) {
    await using folder = await descend(workspace, names);
    // The path of an open folder is itself a link, of the kernel’s own: `/.` is what is behind it.
    const { files, more } = await listFiles(`${folder.path}/.`, { most: MOST_FILES });
    signal.throwIfAborted();
    const where = names.length > 0 ? shownPath(names.join('/')) : 'the workspace';
    if (files.length === 0) return `There are no files in ${where}.`;
    const lines = fitting(files.map((file) => lineOf(names, file)));
    const left = more + files.length - lines.length;
    const shown = `${lines.length} ${lines.length === 1 ? 'file' : 'files'}`;
    const head = left > 0 ? `The newest ${shown} in ${where}` : `${shown} in ${where}, the newest first`;
    const tail = left > 0 ? [`${left} more are not shown; list_files with a folder shows those of one folder.`] : [];
    return [`${head}:`, ...lines, ...tail].join('\n');
  },
});

function lineOf(names: readonly string[], { path, size, modifiedMs }: ListedFile): string {
  return `${shownPath([...names, path].join('/'), LONGEST_PATH)}, ${size} bytes, ${timeOf(modifiedMs)}`;
}

/** `2026-11-27T14:05:00Z`. A file may carry a time that no calendar has. */
function timeOf(ms: number): string {
  const at = new Date(ms);
  return Number.isNaN(at.getTime()) ? 'at an unknown time' : `${at.toISOString().slice(0, -5)}Z`;
}

function fitting(lines: readonly string[]): string[] {
  let length = 0;
  return lines.filter((line) => {
    length += line.length + 1;
    return length <= LONGEST_ANSWER;
  });
}
