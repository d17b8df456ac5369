import { laneOf } from '../../../shared/ids/ids.ts';
import type { Stop, Stopped } from '../../../shared/lane/stop.ts';
import { say } from '../../../shared/texts/say.ts';
import type { Command, CommandCall, Reply } from '../command.ts';

/** Ends what runs in a lane, or drops what waits too, up to the stop's own place in the order; see shared/lane/stop.ts. */
export type StopWork = (stop: Stop) => Promise<Stopped>;

/** `!stop [all]`: ends the answer that runs; with `all` drops what waits, too. */
export function stopCommand(stopWork: StopWork): Command {
  return {
    name: 'stop',
    async run({ item, command, rest, language }: CommandCall): Promise<Reply> {
      const all = /^(all|все|всё)$/i.test(rest);
      const { running, dropped } = await stopWork({
        lane: laneOf.room(command.room),
        before: item.position,
        what: all ? 'all' : 'running',
        key: item.key,
      });
      if (!running && dropped === 0) return { text: say(language, 'stop_nothing'), code: 'nothing_waiting' };
      return { text: all ? say(language, 'stop_done_dropped', { dropped }) : say(language, 'stop_done') };
    },
  };
}
