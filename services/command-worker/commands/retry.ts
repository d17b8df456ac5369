import { lastMessage } from '../../../shared/delivery/last-message.ts';
import { HandOver } from '../../../shared/lane/hand-over.ts';
import { say } from '../../../shared/texts/say.ts';
import type { Command } from '../command.ts';

/** `!retry`: a turn like that of the person's last message here, at the command's own place in the order. */
export const retryCommand: Command = {
  name: 'retry',
  where: 'room',
  by: 'guests',
  async run({ item, person, language }, { database }) {
    const last = await lastMessage(database, item.lane, item.seq, person);
    if (last === null) return { text: say(language, 'retry_nothing'), code: 'nothing_waiting' };
    throw new HandOver('turns');
  },
};
