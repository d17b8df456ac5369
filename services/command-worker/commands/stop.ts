import { laneOf } from '../../../shared/ids/ids.ts';
import { say } from '../../../shared/texts/say.ts';
import type { Command } from '../command.ts';

/** `!stop [all]`: ends the answer that runs; with `all` drops what waits, too. */
export const stopCommand: Command = {
  name: 'stop',
  where: 'anywhere',
  by: 'guests',
  async run({ item, about, rest, language }, { stopWork }) {
    const all = /^(all|все|всё)$/i.test(rest);
    const { running, dropped } = await stopWork({
      lane: laneOf.room(about.room),
      before: item.position,
      what: all ? 'all' : 'running',
      key: item.key,
    });
    if (!running && dropped === 0) return { text: say(language, 'stop_nothing'), code: 'nothing_waiting' };
    return { text: all ? say(language, 'stop_done_dropped', { dropped }) : say(language, 'stop_done') };
  },
};
