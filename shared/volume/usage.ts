import { walkFiles } from './walk.ts';

/** Bytes and files of a workspace, and whether that is all of it. */
export type Usage = { readonly bytes: number; readonly files: number; readonly complete: boolean };

/**
 * What the files of a workspace take: the sum of their sizes, a file with several hard links once. Links, folders and devices
 * take nothing. A workspace that does not exist takes 0. Files that come and go meanwhile may or may not count.
 * @param mostFiles entries (files, folders, links) after which it stops and says `complete: false`; also said where folders
 * are nested too deep or may not be read, and where the workspace is a link. What is given then is a lower bound.
 * @throws the signal’s reason.
 */
export async function usageOf(
  workspaceFolder: string,
  { signal, mostFiles = 200_000 }: { readonly signal?: AbortSignal; readonly mostFiles?: number } = {},
): Promise<Usage> {
  let bytes = 0n;
  let files = 0;
  const linked = new Set<string>();
  const complete = await walkFiles(workspaceFolder, {
    dotted: true,
    mostEntries: mostFiles,
    signal,
    onFile({ stats }) {
      if (stats.nlink > 1n) {
        const inode = `${stats.dev}:${stats.ino}`;
        if (linked.has(inode)) return;
        linked.add(inode);
      }
      bytes += stats.size;
      files += 1;
    },
  });
  return { bytes: Number(bytes), files, complete };
}
