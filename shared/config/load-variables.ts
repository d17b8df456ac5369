import { always, count, duration, positive, variable } from './variable.ts';

/** How much at once, what after an outage, and how long things are remembered. */
export const LOAD_VARIABLES = {
  SURFACES_CONCURRENCY: variable({
    meaning: 'jobs that one worker process runs at once',
    example: '100',
    ...always('100'),
    parse: positive,
  }),
  SURFACES_SEND_RATE: variable({
    meaning: 'sends a second of the bot’s account, over all processes; 0: only the homeserver’s own answers slow it',
    example: '50',
    ...always('0'),
    parse: count,
  }),
  SURFACES_LEASE: variable({
    meaning: 'how long a lane stays with a worker that is not heard of',
    example: '6s',
    ...always('6s'),
    parse: duration,
  }),
  SURFACES_CATCH_UP_MESSAGES: variable({
    meaning: 'unanswered messages of a room that are still answered when the database was lost: the newest',
    example: '20',
    ...always('20'),
    parse: count,
  }),
  SURFACES_CATCH_UP_AGE: variable({
    meaning: 'how old a message may be to be answered still when the database was lost',
    example: '24h',
    ...always('24h'),
    parse: duration,
  }),
  SURFACES_KEEP_RECORDS: variable({
    meaning: 'how long the record keeps messages that are answered, and what belongs to them; a day at least',
    example: '30d',
    ...always('30d'),
    parse: duration.refine(
      (ms) => ms >= 86_400_000,
      'is less than a day: a homeserver may repeat what is as old as that',
    ),
  }),
};
