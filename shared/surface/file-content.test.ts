import { expect, test } from 'vitest';
import { fileContent } from './file-content.ts';
import type { FileMessage } from './port.ts';

const file: FileMessage = {
  op: 'op1',
  name: 'chart.png',
  shownAs: 'image',
  mime: 'image/png',
  size: 2_048,
  reference: 'mxc://x/y',
  width: 320,
  height: 200,
  inResponseTo: '$question',
};

test('a picture, as the specification has it', () => {
  expect(fileContent(file)).toEqual({
    msgtype: 'm.image',
    body: 'chart.png',
    filename: 'chart.png',
    url: 'mxc://x/y',
    info: { mimetype: 'image/png', size: 2_048, w: 320, h: 200 },
    'm.mentions': {},
    'dev.surfaces': { op: 'op1', kind: 'file', in_response_to: '$question' },
  });
});

test('with a preview, a duration, and in a thread', () => {
  const thumbnail = { reference: 'mxc://x/z', mime: 'image/jpeg', size: 9, width: 80, height: 50 };
  const content = fileContent({ ...file, shownAs: 'video', durationMs: 1_500.4, thumbnail, thread: '$thread' });
  expect(content).toMatchObject({
    msgtype: 'm.video',
    info: {
      duration: 1_500,
      thumbnail_url: 'mxc://x/z',
      thumbnail_info: { mimetype: 'image/jpeg', size: 9, w: 80, h: 50 },
    },
    'm.relates_to': { rel_type: 'm.thread', event_id: '$thread' },
  });
});
