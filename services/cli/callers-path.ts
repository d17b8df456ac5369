import { resolve } from 'node:path';

/** A path as whoever typed it means it: `npm run` starts commands in the project’s folder, and says where it was called. */
export function callersPath(path: string): string {
  return resolve(process.env.INIT_CWD ?? '.', path);
}
