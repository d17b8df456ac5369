import { always, duration, size, variable } from './variable.ts';
import { z } from './zod.ts';

/** Files: sizes, quotas, and what is refused. */
export const FILE_VARIABLES = {
  SURFACES_MAX_FILE_BYTES: variable({
    meaning: 'the largest file, either way; the homeserver’s own limit where that is smaller',
    example: '100M',
    ...always('100M'),
    parse: size,
  }),
  SURFACES_QUOTA_ROOM_BYTES: variable({
    meaning: 'what the files of one room may take; people’s files above it are refused',
    example: '2G',
    ...always('2G'),
    parse: size,
  }),
  SURFACES_QUOTA_PERSON_BYTES: variable({
    meaning: 'what the files of all rooms of one person may take',
    example: '10G',
    ...always('10G'),
    parse: size,
  }),
  SURFACES_FILE_WAIT: variable({
    meaning: 'how long a file waits for more files, and for the text that belongs to them',
    example: '2s',
    ...always('2s'),
    parse: duration,
  }),
  SURFACES_REFUSE_FILES: variable({
    meaning: 'files that are neither taken nor sent: extensions, media types, families of them',
    example: '.exe, application/x-msdownload, video/*',
    ...always(''),
    parse: z.string().transform((value) =>
      value
        .toLowerCase()
        .split(/[\s,]+/)
        .filter(Boolean),
    ),
  }),
  SURFACES_SCAN: variable({
    meaning:
      'what looks at each file before the agent or the room gets it: clamd by its address, or a command; empty: nothing',
    example: 'clamd://127.0.0.1:3310',
    ...always(''),
    parse: z.string().regex(/^$|^clamd:\/\/(\/.+|[^/:]+(:\d+)?)$|^exec:\/.+/, {
      message: 'is neither clamd://host:port, clamd:///path/of/socket nor exec:/path/of/program',
    }),
  }),
  SURFACES_KEEP_FILES: variable({
    meaning: 'how long the files of an archived room and of a cleared conversation are kept',
    example: '30d',
    ...always('30d'),
    parse: duration,
  }),
};
