import { posix } from 'node:path';

/** Links of Markdown files to files of the project that are not there. `exists` takes a path from the root. */
export function brokenLinks(pages: ReadonlyMap<string, string>, exists: (path: string) => boolean): string[] {
  const problems: string[] = [];
  for (const [page, text] of pages) {
    const prose = text.replaceAll(/^```.*?^```/gms, '').replaceAll(/`[^`\n]*`/g, '');
    for (const [, target = ''] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      const path = target.split('#')[0] ?? '';
      if (path === '' || /^[a-z]+:/.test(path)) continue;
      if (!exists(posix.join(posix.dirname(page), path))) problems.push(`${page} links to ${path}, which is not there`);
    }
  }
  return problems;
}
