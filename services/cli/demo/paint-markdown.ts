import type { Style } from './terminal.ts';

/**
 * Colours for lines of Markdown. The text stays what it is, letter for letter: only what a reader would see set apart
 * is set apart.
 */
export function paintMarkdown(lines: readonly string[], style: Style): string[] {
  let fenced = false;
  return lines.map((line) => {
    if (/^\s*(```|~~~)/.test(line)) {
      fenced = !fenced;
      return style.dim(line);
    }
    if (fenced) return style.cyan(line);
    if (/^#{1,6} /.test(line)) return style.bold(line);
    if (/^>/.test(line)) return style.dim(line);
    return line
      .replace(/`[^`]+`/g, (code) => style.cyan(code))
      .replace(/\*\*[^*]+\*\*/g, (strong) => style.bold(strong));
  });
}
