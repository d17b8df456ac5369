import { walkFiles } from './walk.ts';

/** Entries that are looked at. */
const MOST_ENTRIES = 100_000;

/** `path` in the workspace, size in bytes, time of the last change in milliseconds since 1970. */
export type ListedFile = { readonly path: string; readonly size: number; readonly modifiedMs: number };

/**
 * The files of a workspace that could be sent, newest first: regular ones with one name, whose path is text without a
 * backslash; no dot files, nothing in dot folders, nothing behind links. A missing workspace has none. Paths may contain
 * anything else that a name may, such as line breaks.
 * @param most how many are listed. @returns those, and how many `more` there are (at least, past 100,000 entries).
 */
export async function listFiles(
  workspaceFolder: string,
  { most }: { readonly most: number },
): Promise<{ files: ListedFile[]; more: number }> {
  const files: ListedFile[] = [];
  await walkFiles(workspaceFolder, {
    dotted: false,
    mostEntries: MOST_ENTRIES,
    onFile({ way, name, stats }) {
      const path = textOf([...way, name]);
      if (path === undefined || path.includes('\\') || stats.nlink !== 1n) return;
      files.push({ path, size: Number(stats.size), modifiedMs: Number(stats.mtimeMs) });
    },
  });
  files.sort((one, other) => other.modifiedMs - one.modifiedMs || (one.path < other.path ? -1 : 1));
  return { files: files.slice(0, most), more: Math.max(0, files.length - most) };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(parts: readonly Buffer[]): string | undefined {
  try {
    return parts.map((part) => utf8.decode(part)).join('/');
  } catch {
    return undefined;
  }
}
