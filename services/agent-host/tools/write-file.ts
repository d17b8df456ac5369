import { randomBytes } from 'node:crypto';
import { link } from 'node:fs/promises';
import { z } from '../../../shared/config/zod.ts';
import { bytes } from '../../../shared/texts/formats.ts';
import { descend, errnoOf, type Folder } from '../../../shared/volume/folder.ts';
import { enterFolder, FILE_MODE } from '../../../shared/volume/layout.ts';
import { PartFile } from '../../../shared/volume/part-file.ts';
import { makeTool } from './make-tool.ts';
import { shownPath, writtenPath } from './workspace-path.ts';

const MOST_BYTES = 1024 ** 2;

export const writeFileTool = makeTool({
  name: 'write_file',
  description: `Writes a text file (UTF-8, at most ${MOST_BYTES} bytes) into the workspace; makes its folders. The person is asked first. A file that is there is replaced only with replace: true. The person does not see the file until offer_file sends it.`,
  schema: z.object({
    path: writtenPath.describe('Relative to the workspace, such as "outbox/summary.md".'),
    content: z
      .string()
      .refine((content) => Buffer.byteLength(content) <= MOST_BYTES, {
        error: `must not be longer than ${MOST_BYTES} bytes; write several files`,
      })
      .describe('All of the file.'),
    replace: z.boolean().optional().describe('Whether a file that has this path may be replaced; false without it.'),
  }),
  title: (args) => `writes ${args ? shownPath(args.path) : 'a file'}`,
  // Whether a file is there is not known here, and may change while the person decides. So the model has to say what it wants,
  // and a “write” that was allowed never replaces anything.
  permission: ({ path, content, replace }) =>
    `${replace ? 'replace' : 'write'} ${shownPath(path)} (${bytes('en', Buffer.byteLength(content))})`,
  async run({ path, content, replace }, { workspace, signal }) {
    const names = path.split('/');
    const name = names.pop()!;
    await using folder = await descend(workspace, names, enterFolder);
    signal.throwIfAborted();
    const size = await write(folder, name, content, { replace: replace ?? false, signal });
    if (size === undefined)
      return `Nothing was written: ${shownPath(path)} is there already. Choose another path, or call write_file with replace: true.`;
    return `Wrote ${shownPath(path)}, ${size} bytes. offer_file sends it to the person.`;
  },
});

/**
 * Written under another name first: nobody finds half a file. A host that is killed in between leaves a hidden `.part`, which
 * goes with the workspace.
 * @returns bytes; `undefined` where the name is taken and may not be replaced.
 */
async function write(
  folder: Folder,
  name: string,
  content: string,
  { replace, signal }: { replace: boolean; signal: AbortSignal },
): Promise<number | undefined> {
  const part = await PartFile.create(folder, `.write-${randomBytes(8).toString('hex')}.part`);
  try {
    await part.write(Buffer.from(content));
    const { size } = await part.finish(FILE_MODE);
    signal.throwIfAborted();
    if (replace) await part.renameTo(name);
    else await linkTo(part, folder, name);
    return size;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return undefined;
    throw error;
  } finally {
    await part.discard();
  }
}

/** Appears at once, as by a rename, and never in place of something. @throws errno, EEXIST where the name is taken. */
async function linkTo(part: PartFile, folder: Folder, name: string): Promise<void> {
  await link(part.path, folder.at(name));
  await folder.handle.sync();
}
