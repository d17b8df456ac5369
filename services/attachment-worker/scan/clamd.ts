import { createReadStream } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { describe, SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import type { Scan } from './scan.ts';

const IDLE_MS = 120_000;
const CHUNK_BYTES = 64 * 1024;
const MOST_ANSWER = 4_096;

/** clamd over its socket, by `INSTREAM` (clamd(8), “Commands”): the daemon need not see the volume. */
export function clamdScan(at: { readonly host: string; readonly port: number } | { readonly path: string }): Scan {
  return async (path, signal) => {
    const socket = connect(at);
    const stop = () => socket.destroy(new Error('the run is over'));
    signal.addEventListener('abort', stop, { once: true });
    socket.setTimeout(IDLE_MS, () => socket.destroy(new Error(`no answer within ${IDLE_MS / 1000} s`)));
    try {
      const [answer] = await Promise.all([answerOf(socket), send(path, socket)]);
      const found = /^stream: (.+) FOUND$/.exec(answer)?.[1];
      if (found) throw new SurfacesError('file_refused', `the scan found: ${found}`);
      if (answer.startsWith('INSTREAM size limit exceeded'))
        throw new SurfacesError('file_refused', 'it is larger than StreamMaxLength of clamd.conf lets it look at');
      if (answer !== 'stream: OK') throw new SurfacesError('scan_unavailable', `clamd says: ${answer || 'nothing'}`);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof SurfacesError) throw error;
      throw new SurfacesError('scan_unavailable', `clamd: ${describe(error)}`, { cause: error });
    } finally {
      signal.removeEventListener('abort', stop);
      socket.destroy();
    }
  };
}

async function send(path: string, socket: Socket): Promise<void> {
  await write(socket, Buffer.from('zINSTREAM\0'));
  const length = Buffer.alloc(4);
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    // Above its StreamMaxLength clamd says so and hangs up. A write after that would break the pipe and lose the answer
    // with it, so what has come is read before each.
    await setImmediate();
    if (socket.destroyed || socket.readableEnded) return;
    length.writeUInt32BE((chunk as Buffer).length);
    await write(socket, Buffer.concat([length, chunk as Buffer]));
  }
  await write(socket, Buffer.alloc(4));
}

function write(socket: Socket, data: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed || socket.write(data)) return resolve();
    const done = () => {
      for (const event of ['drain', 'close']) socket.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'close']) socket.once(event, done);
  });
}

function answerOf(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    socket.on('data', (data) => {
      answer = (answer + data.toString()).slice(0, MOST_ANSWER);
      if (answer.includes('\0')) resolve(answer.slice(0, answer.indexOf('\0')));
    });
    socket.once('error', (error) => (answer === '' ? reject(error) : resolve(answer)));
    socket.once('close', () => resolve(answer.replace(/\0[\s\S]*$/, '').trim()));
  });
}
