import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { newAccount } from '../e2e/people.ts';
import type { TestStack } from '../e2e/test-stack.ts';
import { inviteBot } from '../services/cli/demo/person/onboarding.ts';
import { Person } from '../services/cli/demo/person/person.ts';
import { stateOf } from '../services/cli/demo/person/room-history.ts';

/** A room, who asks in it, and the echo bot's room of the same person. */
export type BenchRoom = { readonly asker: Person; readonly room: string; readonly echoRoom: string };

export type BenchRooms = {
  readonly rooms: readonly BenchRoom[];
  /** Sees every room through one /sync, so that the looking costs the homeserver no more than one client does. */
  readonly watcher: Person;
  /** The echo bot's user id. */
  readonly echo: string;
  readonly stop: () => unknown;
};

/** Makes `count` people with a room each, an echo bot in a room with each, and one watcher who is in all of them. */
export async function makeBenchRooms(stack: TestStack, count: number): Promise<BenchRooms> {
  const { homeserver, bot } = stack.stack;
  const watcher = await stack.person('watcher');
  const echo = await newAccount(homeserver, 'echo');
  const echoProcess = fork(fileURLToPath(new URL('echo-bot.ts', import.meta.url)), [
    homeserver.url,
    echo.user_id,
    echo.access_token,
  ]);
  await new Promise((resolve) => echoProcess.once('message', resolve));
  const rooms: BenchRoom[] = [];
  for (let index = 0; index < count; index++) {
    const account = await newAccount(homeserver, `asker${index}`);
    const asker = await new Person({
      homeserverUrl: homeserver.url,
      userId: account.user_id,
      accessToken: account.access_token,
    }).start();
    const { room } = await inviteBot(asker, bot.user_id, undefined, 60_000);
    const echoRoom = await asker.startDm(echo.user_id);
    await asker.until(
      'the echo bot',
      () => stateOf(asker.room(echoRoom), 'm.room.member', echo.user_id)?.content.membership === 'join',
    );
    for (const each of [room, echoRoom]) {
      await asker.invite(each, watcher.userId);
      await watcher.join(each);
    }
    await asker.stop();
    rooms.push({ asker, room, echoRoom });
  }
  return {
    rooms,
    watcher,
    echo: echo.user_id,
    stop: () => echoProcess.kill('SIGTERM'),
  };
}
