import { describe } from '../../shared/errors/surfaces-error.ts';
import type { SessionId } from '../../shared/ids/ids.ts';
import { forgetWorkspace, workspacesToRemove } from '../../shared/store/workspaces.ts';
import { sleep } from '../../shared/time/time.ts';
import { outgoingFolder } from '../../shared/volume/layout.ts';
import { removeOlder, removeWorkspace } from '../../shared/volume/remove-workspace.ts';
import type { AttachmentDeps } from './attachment-deps.ts';

const EVERY_MS = 60 * 60_000;
/** A copy or a part that nobody has come back for by then belongs to a worker that is gone. */
const LEFT_OVER_MS = 24 * 60 * 60_000;
/** A few at a time, so that an hour's sweep is no burst. */
const AT_ONCE = 200;

type SweepDeps = Pick<AttachmentDeps, 'database' | 'agentsDir' | 'log'> & { readonly keepMs: number };

/**
 * Once an hour, until the role stops: removes the files of rooms that have been in the archive for `keepMs`, and of
 * conversations that were cleared so long ago. Neither has a turn, so nothing is taken from under an agent. Any number of
 * workers may do the same at once.
 * @returns ends it.
 */
export function sweepFiles(deps: SweepDeps, stopping: AbortSignal): () => Promise<void> {
  const ended = (async () => {
    // Not all workers of a start at once.
    await sleep(60_000 * Math.random(), stopping);
    while (!stopping.aborted) {
      await sweepOnce(deps, stopping).catch((error: unknown) =>
        deps.log.warn({ err: error }, `files: ${describe(error)}`),
      );
      await sleep(EVERY_MS, stopping);
    }
  })();
  return () => ended;
}

/** @returns the workspaces that were removed. */
export async function sweepOnce(
  { database, agentsDir, keepMs, log }: SweepDeps,
  stopping?: AbortSignal,
): Promise<SessionId[]> {
  await removeOlder(outgoingFolder(agentsDir), LEFT_OVER_MS, 'all');
  const removed: SessionId[] = [];
  for (const workspace of await workspacesToRemove(database, keepMs, AT_ONCE)) {
    if (stopping?.aborted) break;
    await removeWorkspace(agentsDir, workspace);
    await forgetWorkspace(database, workspace);
    removed.push(workspace);
    log.info({ workspace }, 'the files of a conversation that is over were removed');
  }
  return removed;
}
