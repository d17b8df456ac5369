import { afterAll, describe, expect, test } from 'vitest';
import { lookAtRecording } from './recording.ts';
import { atom, busyMs, mp3, mp4, opus, peakMb, testFolder, wav, webm, words } from './test-media.ts';

const folder = testFolder();
afterAll(() => folder.remove());
let files = 0;

async function look(content: Uint8Array, mime: string) {
  files += 1;
  const path = folder.write(`${files}`, content);
  return lookAtRecording(path, { mime, size: content.length, timeoutMs: 3000 });
}

describe('the headers of', () => {
  test('a WAV', async () => expect(await look(wav(3), 'audio/wav')).toEqual({ durationMs: 3000, soundOnly: true }));

  test('an MP3 behind a tag with a large cover', async () => {
    const seen = await look(mp3(1000, 12_000_000), 'audio/mpeg');
    expect(Math.abs(seen!.durationMs! - 26_122)).toBeLessThan(100);
  });

  test('Opus, from its last page', async () => {
    expect(await look(opus(90), 'audio/ogg')).toEqual({ durationMs: 90_000, soundOnly: true });
    expect(await look(opus(1), 'audio/ogg')).toEqual({ durationMs: 1000, soundOnly: true });
  });

  test('an MP4 with its headers at the end', async () => {
    expect(await look(mp4(7, { width: 640, height: 360 }), 'video/mp4')).toEqual({
      durationMs: 7000,
      width: 640,
      height: 360,
    });
    expect(await look(mp4(7), 'video/mp4')).toEqual({ durationMs: 7000, soundOnly: true });
  });

  test('a WebM', async () => {
    expect(await look(webm(5, { width: 320, height: 200 }), 'video/webm')).toEqual({
      durationMs: 5000,
      width: 320,
      height: 200,
    });
    expect(await look(webm(5, null), 'video/webm')).toEqual({ durationMs: 5000, soundOnly: true });
  });
});

describe('null for', () => {
  test('what is cut off before its headers', async () => {
    expect(await look(mp4(7).subarray(0, 1000), 'video/mp4')).toBeNull();
    expect(await look(opus(5).subarray(0, 20), 'audio/ogg')).toBeNull();
    expect(await look(webm(5, null).subarray(0, 30), 'video/webm')).toBeNull();
  });

  test('formats that are not looked into, and paths that are not there', async () => {
    expect(await look(wav(1), 'audio/midi')).toBeNull();
    expect(await lookAtRecording('/nowhere/at-all', { mime: 'audio/wav', size: 10, timeoutMs: 100 })).toBeNull();
  });
});

describe('limits', () => {
  test('an MP4 with a table of 60 MB makes no room for it', async () => {
    const table = atom('stsz', words(0, 0, 15_000_000), Buffer.alloc(60_000_000));
    const content = Buffer.concat([
      atom('ftyp', Buffer.from('isom'), words(512)),
      atom('moov', atom('trak', atom('mdia', atom('minf', atom('stbl', table))))),
    ]);
    expect(await peakMb(async () => expect(await look(content, 'video/mp4')).toBeNull())).toBeLessThan(20);
  });

  test('a film of a hundred thousand parts ends, with what its headers said', async () => {
    const content = webm(3600, { width: 320, height: 200 }, 100_000);
    const busy = await busyMs(async () =>
      expect(await look(content, 'video/webm')).toEqual({ durationMs: 3_600_000, width: 320, height: 200 }),
    );
    expect(busy).toBeLessThan(2000);
  });

  test('fifty MB in which an MP3 has no frame', async () => {
    expect(await busyMs(() => look(Buffer.alloc(50_000_000, 0x11), 'audio/mpeg'))).toBeLessThan(2000);
  });
});
