import { answerTo, isFinal, repliesTo } from '../services/cli/demo/person/answers.ts';
import type { Person } from '../services/cli/demo/person/person.ts';
import type { Stack } from '../shared/stack/stack-file.ts';
import { agentEnd } from './agent-end.ts';
import type { BenchRoom } from './bench-rooms.ts';

/** The work on which others were measured: 100 words, 20 ms apart, the first after 200 ms. */
export const WORK = { words: 100, pace: 20, first: 200 };
const QUESTION = `demo words=${WORK.words} pace=${WORK.pace} first=${WORK.first}`;

export type Measured = {
  /** Question's PUT answered → first words seen, less the agent's own first-token time, in ms. */
  readonly words: number;
  /** The agent's last word → whole text seen, in ms. */
  readonly full: number;
  /** Question's PUT answered → whole text seen, less the agent's own time, in ms. */
  readonly whole: number;
  readonly edits: number;
};

/** Asks in all rooms at once, and waits for all answers. */
export async function askRound(
  watcher: Person,
  { bot: { user_id: bot }, agents_dir }: Pick<Stack, 'bot' | 'agents_dir'>,
  rooms: readonly BenchRoom[],
): Promise<Measured[]> {
  return Promise.all(
    rooms.map(async ({ asker, room }) => {
      const { eventId, answeredAt } = await asker.say(room, QUESTION);
      const answer = await watcher.until(
        `an answer in ${room}`,
        () => {
          const now = answerTo(watcher.room(room), bot, eventId);
          return isFinal(now) && now;
        },
        120_000,
      );
      return {
        words: answer.firstAt! - answeredAt - WORK.first,
        full: answer.finalAt! - agentEnd(agents_dir, eventId),
        whole: answer.finalAt! - answeredAt - WORK.first - WORK.pace * (WORK.words - 1),
        edits: answer.edits,
      };
    }),
  );
}

/** The same for the echo bot. @returns PUT answered → echo seen, in ms. */
export async function echoRound(watcher: Person, echo: string, rooms: readonly BenchRoom[]): Promise<number[]> {
  return Promise.all(
    rooms.map(async ({ asker, echoRoom }) => {
      const { eventId, answeredAt } = await asker.say(echoRoom, 'echo, please');
      const reply = await watcher.until(
        `an echo in ${echoRoom}`,
        () => repliesTo(watcher.room(echoRoom), echo, eventId)[0],
      );
      return reply.versions[0]!.at - answeredAt;
    }),
  );
}
