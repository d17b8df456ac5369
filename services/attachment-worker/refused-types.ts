import { extname } from 'node:path';

/**
 * Whether a file is one of those that SURFACES_REFUSE_FILES names: by its name (`.exe`), by what its content is
 * (`application/x-msdownload`), or by the family of it (`video/*`). Either is enough.
 */
export function isRefusedType(name: string, mime: string, refused: readonly string[]): boolean {
  const family = `${mime.split('/')[0]}/*`;
  return [extname(name).toLowerCase(), mime.toLowerCase(), family].some((each) => refused.includes(each));
}
