import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { opId } from '../../../shared/ids/ids.ts';

/** A line of a role’s log, with what is looked for in it. */
export type LogLine = {
  readonly text: string;
  readonly time: string;
  readonly fields: Readonly<Record<string, unknown>>;
};

/** `turn-worker-1.log`, and `turn-worker-1.log.1` that was before it. */
const LOG = /\.log(\.1)?$/;

/** All JSON lines of the logs in a folder, in order of time; what servers wrote in a way of their own is left out. */
export function readLogs(folder: string): LogLine[] {
  const files = readdirSync(folder).filter((name) => LOG.test(name));
  const lines = files.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').flatMap(parsed));
  return lines.sort((one, other) => (one.time < other.time ? -1 : one.time > other.time ? 1 : 0));
}

/**
 * The lines that carry an id, and those that carry a turn of theirs: the agent host knows nothing of rooms and events. Only
 * whole ids count, so that the beginning of one finds nothing.
 */
export function linesAbout(lines: readonly LogLine[], id: string): LogLine[] {
  const about = lines.filter(({ fields }) => carries(fields, whole([id])));
  const turns = about.flatMap(({ fields }) => (typeof fields.turn === 'string' ? [fields.turn] : []));
  const wanted = whole([id, ...new Set(turns), ...(id.startsWith('$') ? [opId('turn', id)] : [])]);
  return lines.filter(({ fields }) => carries(fields, wanted));
}

/** Any of the ids, with nothing around it that would belong to a longer one. */
function whole(ids: readonly string[]): RegExp {
  return new RegExp(
    `(?<![\\w$!@+-])(${ids.map((id) => id.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})(?![\\w+-])`,
  );
}

function carries(value: unknown, ids: RegExp): boolean {
  if (typeof value === 'string') return ids.test(value);
  return typeof value === 'object' && value !== null && Object.values(value).some((each) => carries(each, ids));
}

function parsed(text: string): LogLine[] {
  if (!text.startsWith('{')) return [];
  try {
    const fields = JSON.parse(text) as Record<string, unknown>;
    return typeof fields.time === 'string' ? [{ text, time: fields.time, fields }] : [];
  } catch {
    // Cut in the middle, by the end of the process or by the rotation of the file.
    return [];
  }
}
