import { describe } from '../../../shared/errors/surfaces-error.ts';
import { migrationsAfter } from '../../../shared/store/load-dump.ts';
import type { Manifest, Opening } from './archive/archive-shape.ts';
import { openArchive } from './archive/open-archive.ts';

export type Verified = {
  readonly opening: Opening;
  readonly manifest: Manifest;
  /** Why this version cannot restore it. */
  readonly obstacle?: string;
};

/** Reads a backup to its end and compares everything with what was written. @throws as `openArchive`; the signal’s reason. */
export async function verifyArchive(path: string, signal: AbortSignal): Promise<Verified> {
  const archive = await openArchive(path);
  try {
    const { opening } = archive;
    const manifest = await archive.read(async () => signal.throwIfAborted());
    const obstacle = obstacleOf(opening);
    return { opening, manifest, ...(obstacle !== undefined && { obstacle }) };
  } finally {
    archive.close();
  }
}

/** Why this version cannot restore what an opening tells of. */
export function obstacleOf({ product, migrations }: Opening): string | undefined {
  try {
    migrationsAfter(migrations);
    return undefined;
  } catch (error) {
    return `it was made by surfaces ${product}, and does not fit to this version: ${describe(error)}`;
  }
}
