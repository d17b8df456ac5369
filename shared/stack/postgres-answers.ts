import { probeSocket } from './probe-socket.ts';

/**
 * Whether a Postgres takes connections, asked in its own protocol (a startup message; PostgreSQL documentation, “Message
 * Formats”): the client library belongs to shared/store, and `pg_isready` does not come with the embedded server.
 * @returns what is missing, or `undefined`.
 */
export async function postgresProblem(port: number, user: string): Promise<string | undefined> {
  return probeSocket(port, startupMessage(user), (answer) => {
    // R: it asks for the password, so it is open. E: fields of a letter and a text each; M is the message.
    const kind = String.fromCharCode(answer[0] ?? 0);
    if (kind === 'R') return undefined;
    const message = answer
      .subarray(5)
      .toString('utf8')
      .split('\0')
      .find((field) => field.startsWith('M'));
    return message?.slice(1) ?? `answered ${kind}`;
  });
}

function startupMessage(user: string): Buffer {
  const body = Buffer.from(`user\0${user}\0database\0postgres\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(196_608, 4); // protocol 3.0
  return Buffer.concat([head, body]);
}
