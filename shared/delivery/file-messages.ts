import { opId } from '../ids/ids.ts';
import type { WorkItem } from '../matrix/work-item.ts';
import type { FileOut } from '../store/files-out.ts';
import type { Utterance } from '../surface/port.ts';
import type { Language } from '../texts/detect-language.ts';
import { whyNot } from './file-failures.ts';
import { placeOf } from './utterances.ts';

/** A file that is uploaded, as the message that shows it; about what asked for it. */
export function fileUtterance(file: FileOut, about: WorkItem): Utterance {
  if (file.state !== 'uploaded' || file.reference === null) throw new TypeError(`file ${file.op} is not uploaded`);
  const { op, room, reference, thumbnail, result } = file;
  const { kind: shownAs, thumbnail: preview, ...facts } = result;
  return {
    chat: room,
    say: {
      type: 'file',
      op,
      shownAs,
      reference,
      ...facts,
      ...(preview && thumbnail !== null ? { thumbnail: { reference: thumbnail, ...preview } } : {}),
      ...placeOf(about),
    },
  };
}

/** What stands in the place of a file that was not taken. */
export function refusedUtterance(file: FileOut, about: WorkItem, language: Language): Utterance {
  if (file.state !== 'refused') throw new TypeError(`file ${file.op} was not refused`);
  const { code, limit } = file.result;
  return {
    chat: file.room,
    say: {
      type: 'saying',
      op: opId('refused', file.op),
      kind: 'notice',
      text: whyNot(code, 'out', { name: file.offer.name, language, ...(limit && { limit }) }),
      code,
      ...placeOf(about),
    },
  };
}
