import { laneOf } from '../ids/ids.ts';
import { enqueue } from '../lane/enqueue.ts';
import type { Wake } from '../lane/lane.ts';
import type { UploadItem, WorkItem } from '../matrix/work-item.ts';
import { type FileOut, findFileOut, recordOffer, recordRefused } from '../store/files-out.ts';
import type { Database } from '../store/postgres.ts';
import { sleep } from '../time/time.ts';

const FIRST_LOOK_MS = 30;
const LONGEST_LOOK_MS = 500;

/** A file that is to go out: what asked for it, its place in the order, and how long it is waited for. */
export type Upload = Pick<FileOut, 'op' | 'workspace' | 'offer'> & {
  readonly about: WorkItem;
  readonly position: number;
  readonly patienceMs: number;
};

/**
 * Has a file uploaded by the attachment workers, once for each `op` however often this is called, and waits for it.
 * @returns the file, uploaded or refused; refused too where nobody took it in time.
 * @throws the signal's reason; SurfacesError `database_unavailable`.
 */
export async function uploaded(
  { op, workspace, offer, about, position, patienceMs }: Upload,
  { database, wake, signal }: { readonly database: Database; readonly wake: Wake; readonly signal: AbortSignal },
): Promise<FileOut> {
  const { v, room, sender, event, originTs, receivedTs } = about;
  await recordOffer(database, { op, room, cause: event, workspace, offer });
  const lane = laneOf.files(room);
  const body: UploadItem = { v, room, sender, event, originTs, receivedTs, type: 'upload', op };
  await enqueue(database.run, { key: `upload ${op}`, lane, queue: 'attachments', position, body });
  await wake(lane, 'attachments');
  const until = performance.now() + patienceMs;
  for (let wait = FIRST_LOOK_MS; ; wait = Math.min(LONGEST_LOOK_MS, wait * 1.5)) {
    const file = await findFileOut(database, op);
    if (file && file.state !== 'offered') return file;
    if (performance.now() > until)
      await recordRefused(database, op, { code: 'file_unavailable', reason: 'no attachment worker took it in time' });
    if (!(await sleep(wait, signal))) throw signal.reason;
  }
}
