import { whyNot } from '../../shared/delivery/file-failures.ts';
import { ERROR_CODES, type ErrorCode } from '../../shared/errors/codes.ts';
import { ENGLISH } from '../../shared/texts/catalogue.ts';
import type { Entry } from '../../shared/texts/entry.ts';
import { bytes } from '../../shared/texts/formats.ts';
import { page, table } from './generated-docs.ts';

const HOW = { permanent: 'ends it', retry: 'is tried again', wait: 'waits, without using up an attempt' };

/** What becomes of a file has other words for those that people send than for those that agents make. */
const OF_FILES: Partial<Record<ErrorCode, readonly ('in' | 'out')[]>> = {
  file_too_large: ['in', 'out'],
  file_unavailable: ['in', 'out'],
  file_refused: ['in', 'out'],
  file_changed: ['out'],
  file_outside: ['out'],
  quota_exceeded: ['in'],
  volume_full: ['in', 'out'],
  volume_unwritable: ['in', 'out'],
};

const WAYS = { in: 'Of a file of theirs', out: 'Of the agent’s' };

/** `docs/ERRORS.md`: every code, what it does, what to do about it, and what the person reads. */
export function errorTable(): string {
  const rows = (Object.keys(ERROR_CODES) as ErrorCode[]).map((code) => {
    const { disposition, operator } = ERROR_CODES[code];
    return [`\`${code}\``, HOW[disposition], operator, personReads(code)];
  });
  return page(
    'Errors',
    'From `shared/errors/codes.ts` and `shared/texts/`. The code stands in the log, in `/ready`, and in the `dev.surfaces` content of\n' +
      'what a person reads. Where people are told nothing, what they notice stands in italics. Texts are there in Russian, too.',
    table(['code', 'the work', 'for the operator', 'what the person reads'], rows),
  );
}

function personReads(code: ErrorCode): string {
  const { unsaid } = ERROR_CODES[code] as { readonly unsaid?: string };
  if (unsaid !== undefined) return `*${unsaid}*`;
  const ways = OF_FILES[code];
  if (ways) return ways.map((way) => `${WAYS[way]}: ${fileText(code, way)}`).join(' ');
  const text = (ENGLISH as Readonly<Record<string, Entry>>)[code];
  if (text === undefined) throw new Error(`${code} has neither a text nor a word on what people notice of it`);
  return sentence(text);
}

function fileText(code: ErrorCode, way: 'in' | 'out'): string {
  return whyNot(code, way, { name: '{name}', language: 'en', limit: 0 }).replace(bytes('en', 0), '{limit}');
}

function sentence(entry: Entry): string {
  const text = typeof entry === 'string' ? entry : entry.other;
  // Their links lead into somebody's room.
  return text.replaceAll('\n', ' ').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
}
