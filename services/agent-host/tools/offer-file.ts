import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { z } from '../../../shared/config/zod.ts';
import { openResting } from '../../../shared/volume/open-beneath.ts';
import { changed, isUnchanged } from '../../../shared/volume/plain-file.ts';
import { makeTool } from './make-tool.ts';
import { blocksOf } from './read-bytes.ts';
import { typeByName } from './type-by-name.ts';
import { filePath, shownPath } from './workspace-path.ts';

/** A second or two of hashing. What may really be sent is the surface’s to say, and mostly less. */
const MOST_BYTES = 1024 ** 3;

export const offerFileTool = makeTool({
  name: 'offer_file',
  description: 'Sends a file of the workspace, of any type, to the person as an attachment of the conversation.',
  schema: z.object({
    path: filePath.describe('Relative to the workspace, as list_files shows it, such as "outbox/summary.md".'),
  }),
  title: (args) => `sends ${args ? shownPath(args.path) : 'a file'}`,
  async run({ path }, { workspace, offer, signal }) {
    const { file, state } = await openResting(workspace, path);
    await using _ = file;
    const size = Number(state.size);
    if (size > MOST_BYTES)
      return `Nothing was sent: the file has ${size} bytes, and at most ${MOST_BYTES} can be sent.`;
    const hash = createHash('sha256');
    for await (const block of blocksOf(file, size, signal)) hash.update(block);
    // A file that changes while it is read has the hash of no file at all.
    if (!isUnchanged(state, await file.stat({ bigint: true }))) throw changed(path);
    signal.throwIfAborted();
    const name = basename(path);
    offer({ path, name, mime_type: typeByName(name), size, sha256: hash.digest('hex') });
    return `${shownPath(path)} (${size} bytes) is on its way to the person.`;
  },
});
