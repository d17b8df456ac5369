import { PINS_FOLDERS } from '../../../shared/volume/folder.ts';
import type { Finding } from './finding.ts';

/** The first that runs the sources as they are, without a flag. */
const LEAST = [22, 18] as const;
const MEANT = 24;

/** @param version such as `24.21.0`. */
export function nodeFindings(version: string, production: boolean): Finding[] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const text = `${version} on ${process.platform} ${process.arch}`;
  const found: Finding = { name: 'Node', level: 'ok', text };
  if (major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1]))
    return [{ ...found, level: 'error', text: `${text} does not run the sources`, remedy: `use Node ${MEANT}` }];
  if (!PINS_FOLDERS && production) {
    const remedy =
      'run it on Linux: here an agent that exchanges folders while they are used can lead out of its workspace';
    return [{ ...found, level: 'warning', remedy }];
  }
  if (major === MEANT) return [found];
  return [
    { ...found, level: 'warning', text: `${text} is not what surfaces is tested with`, remedy: `use Node ${MEANT}` },
  ];
}
