import { expect, test } from 'vitest';
import type { EventId } from '../../shared/ids/ids.ts';
import type { MessageItem } from '../../shared/matrix/work-item.ts';
import type { FileIn } from '../../shared/store/files-in.ts';
import { turnInput } from './turn-input.ts';

const message = (text: string) => ({ text }) as MessageItem;
const file = (fields: Partial<FileIn>): FileIn => ({
  event: '$f' as EventId,
  name: 'Отчёт.pdf',
  path: 'inbox/Otchet.pdf',
  mime: 'application/pdf',
  size: 7,
  failure: null,
  ...fields,
});

test('a text, and links to the files that came with it', () => {
  expect(turnInput(message('read it'), null, [], [file({})])).toEqual([
    { type: 'text', text: 'read it' },
    { type: 'resource_link', path: 'inbox/Otchet.pdf', name: 'Отчёт.pdf', mime_type: 'application/pdf', size: 7 },
  ]);
});

test('a small picture is a picture too; a large one, or one that models do not take, is a link alone', () => {
  const picture = file({ path: 'inbox/a.png', mime: 'image/png' });
  const types = (one: FileIn) => turnInput(message(''), null, [], [one]).map(({ type }) => type);
  expect(types(picture)).toEqual(['resource_link', 'image']);
  expect(types({ ...picture, size: 6_000_000 })).toEqual(['resource_link']);
  expect(types({ ...picture, mime: 'image/tiff' })).toEqual(['resource_link']);
});

test('of a file that did not come the agent is told why', () => {
  const [block, ...more] = turnInput(message(''), null, [], [file({ path: null, failure: 'file_too_large' })]);
  expect(more).toEqual([]);
  expect(block).toEqual({ type: 'text', text: '(The file "Отчёт.pdf" did not arrive: it is too large.)' });
});
