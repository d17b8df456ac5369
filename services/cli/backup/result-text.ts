import { bytes } from '../../../shared/texts/formats.ts';
import { harmless } from '../../../shared/texts/harmless.ts';
import { count } from '../reset/plan-text.ts';
import type { Manifest, Opening } from './archive/archive-shape.ts';

/** Names that are told one by one. */
const MOST_NAMES = 3;

/** What is in a backup, in a few lines. */
export function contentsText(opening: Opening, manifest: Manifest): string {
  const { volume } = manifest;
  const host = volume.agentHost ? ', with the agent host’s sessions and snapshots' : '';
  const lines = [
    ['Bot', opening.bots.join(', ') || 'none yet'],
    ['From', `${opening.at}, by surfaces ${opening.product}`],
    ['Database', `${count(rowsOf(manifest), 'row')}, at ${opening.migrations.at(-1)?.name ?? 'nothing'}`],
    [
      'Volume',
      `${count(volume.files, 'file')} (${bytes('en', volume.bytes)}) in ${count(volume.workspaces, 'workspace')}${host}`,
    ],
  ];
  return lines.map(([title, text]) => `  ${title!.padEnd(10)} ${harmless(text!)}\n`).join('');
}

/** What is not in it as it should be; a line each. */
export function warningsOf({ volume }: Manifest): string[] {
  const { unreadable, changing, foreign } = volume;
  return [
    ...(unreadable.length > 0
      ? [`${count(unreadable.length, 'file')} may not be read and ${are(unreadable)} not in it: ${named(unreadable)}`]
      : []),
    ...(changing.length > 0
      ? [
          `${count(changing.length, 'file')} changed all the time and ${are(changing)} in it as last read: ${named(changing)}`,
        ]
      : []),
    ...(foreign.length > 0 ? [`not ours, and left out of it: ${named(foreign)}`] : []),
  ].map(harmless);
}

export function rowsOf({ tables }: Manifest): number {
  return Object.values(tables).reduce((sum, { rows }) => sum + rows, 0);
}

function are({ length }: readonly string[]): string {
  return length === 1 ? 'is' : 'are';
}

function named(names: readonly string[]): string {
  return `${names.slice(0, MOST_NAMES).join(', ')}${names.length > MOST_NAMES ? ', …' : ''}`;
}
