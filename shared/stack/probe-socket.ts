import { connect } from 'node:net';

const PATIENCE_MS = 2_000;

/**
 * Asks a server on the loopback something in its own protocol, where the client library belongs to another folder.
 * @param verdict what the bytes so far say: `undefined` well, a text what is wrong, `null` that more has to come.
 * @returns what is missing, or `undefined`.
 */
export async function probeSocket(
  port: number,
  question: string | Buffer,
  verdict: (answer: Buffer) => string | undefined | null,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (problem: string | undefined) => {
      socket.destroy();
      resolve(problem);
    };
    socket.setTimeout(PATIENCE_MS, () => done('does not answer'));
    socket.once('error', (error) => done(error.message));
    socket.once('close', () => done('closed the connection'));
    socket.once('connect', () => socket.write(question));
    let answer = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      const problem = verdict(answer);
      if (problem !== null) done(problem);
    });
  });
}
