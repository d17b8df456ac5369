import type { UserId } from '../ids/ids.ts';

/** Where the limits of a person stand in Redis, below the namespace. */
export function limitKeys(person: UserId) {
  return {
    running: `limit/running/${person}`,
    waiting: `limit/waiting/${person}`,
    told: `limit/told/${person}`,
    turns: `limit/turns/${person}`,
    commands: `limit/commands/${person}`,
    commandsTold: `limit/commands-told/${person}`,
  };
}
