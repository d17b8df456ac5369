import { describe, expect, test } from 'vitest';
import { SurfacesError } from '../errors/surfaces-error.ts';
import { volumeProblem } from './volume-error.ts';

const failed = (code: string) => Object.assign(new Error(`${code}: …`), { code, syscall: 'write' });

describe('an error of the file system', () => {
  test.each(['ENOSPC', 'EDQUOT'])('%s: the volume is full', (code) =>
    expect(volumeProblem(failed(code))).toMatchObject({ code: 'volume_full' }),
  );

  test.each(['EROFS', 'EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'ELOOP', 'EIO', 'ENOTSUP'])(
    '%s: the volume cannot be written',
    (code) => expect(volumeProblem(failed(code))).toMatchObject({ code: 'volume_unwritable' }),
  );

  test('says what could not be done, and why', () => {
    expect(volumeProblem(failed('EROFS'), 'the inbox')?.message).toBe(
      'cannot write the inbox: it is mounted read-only (EROFS at write)',
    );
    expect(volumeProblem(failed('ENOSPC'), 'the inbox')?.message).toBe('no space for the inbox (ENOSPC at write)');
  });

  test.each([failed('EMFILE'), failed('ERR_INVALID_ARG_TYPE'), new Error('x'), 'x', undefined])(
    'and %s is none of the volume',
    (error) => expect(volumeProblem(error)).toBeUndefined(),
  );

  test('what has a code already keeps it', () => {
    expect(volumeProblem(new SurfacesError('file_changed', 'x'))).toBeUndefined();
  });
});
