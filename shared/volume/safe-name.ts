import { createRequire } from 'node:module';

/** Bytes, which in ASCII are characters. File systems bear 255; the rest is for numbers, `.part` and agents’ own endings. */
export const LONGEST_NAME = 120;

/** `.pdf`, `.7z`, `.tar.gz`. Not `.2`: that is how “Version 1.2” ends. */
const EXTENSION = /(?:\.tar)?\.(?=[0-9]*[A-Za-z])[A-Za-z0-9]{1,16}$/;

/** Windows takes them for devices, whatever comes after a dot. People and agents carry files there. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?=\.|$)/i;

/** Controls, direction overrides, zero-width characters, private and unassigned ones, half surrogate pairs. */
const INVISIBLE = /\p{C}|\p{Variation_Selector}/gu;

/**
 * A file name of `[A-Za-z0-9._-]`, at most 120 of them, that is safe on every system and in every shell, and still says
 * what the original said: `Отчёт за март.pdf` → `Otchyot-za-mart.pdf`. Never empty, no dot file, no path. The same input
 * gives the same name, and a safe name is its own. Never throws.
 * @param original what a person called it: any text, also a path, whose last part counts.
 * @param extension such as `.jpg`, from the content type; used where the name has none, ignored where it is no extension.
 */
export function safeName(original: string, extension?: string): string {
  const visible = original.normalize('NFC').replace(INVISIBLE, '');
  const last = visible.split(/[/\\]/).findLast((part) => part !== '') ?? '';
  const named = tidy(toAscii(last).replace(/^[\s.]+/, ''));
  const added = extension !== undefined && EXTENSION.exec(extension)?.index === 0 ? extension : '';
  const whole = !named ? `file${added}` : EXTENSION.test(named) ? named : named + added;
  return shortened(RESERVED.test(whole) ? `_${whole}` : whole, '');
}

/** Its tables take megabytes: only a name that needs them loads them. */
function toAscii(text: string): string {
  if (!/[^ -~]/.test(text)) return text;
  const { default: anyAscii } = createRequire(import.meta.url)('any-ascii') as typeof import('any-ascii');
  return anyAscii(text);
}

/** The name for the `n`-th file that would have the same one: `report.pdf`, 2 → `report-2.pdf`. Takes and gives safe names. */
export function numbered(name: string, n: number): string {
  return shortened(name, `-${n}`);
}

/** Dashes for all that is not allowed, without runs, and with none at an end or before a dot. */
function tidy(ascii: string): string {
  const name = ascii
    .replace(/['"`]/g, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/-{2,}/g, '-')
    .replace(/(?:-*\.)+/g, '.')
    .replace(/[.-]+$/, '');
  // “???.pdf” has lost its stem, while “.ssh” has lost its dot before it came here.
  return name.startsWith('.') ? `file${name}` : name.replace(/^-+/, '');
}

/** Cuts before `suffix` and the extension, so that all three together are not longer than allowed. */
function shortened(name: string, suffix: string): string {
  const [extension] = EXTENSION.exec(name) ?? [''];
  const room = LONGEST_NAME - extension.length - suffix.length;
  const stem = name.slice(0, name.length - extension.length);
  return (stem.length > room ? stem.slice(0, room).replace(/[.-]+$/, '') : stem) + suffix + extension;
}
