import { type EventId, laneOf, type UserId } from '../../../shared/ids/ids.ts';
import { enqueue } from '../../../shared/lane/enqueue.ts';
import type { ExpiredItem } from '../../../shared/matrix/work-item.ts';
import { counter } from '../../../shared/runtime/metrics.ts';
import { expiredQuestions, type Question } from '../../../shared/store/questions.ts';
import type { Job } from '../job.ts';

const expired = counter('questions_expired_total', 'Questions whose time was over before anybody answered', ['kind']);

/**
 * A question whose time is over gets an item in its room's control lane, where an answer would stand, too: whichever comes
 * first settles it. One item a question, however often this runs.
 */
export const expireQuestions: Job = {
  name: 'expire-questions',
  everyMs: 3_000,
  afterRedis: false,
  async run({ database, wakes, log }) {
    for (const question of await expiredQuestions(database)) {
      const lane = laneOf.control(question.roomId);
      const body = itemOf(question);
      // Nothing is to stop it: what came before it in the order of everything is all that there was.
      const fresh = await enqueue(database.run, { key: body.event, lane, position: 0, queue: 'commands', body });
      await wakes.wake(lane, 'commands');
      if (!fresh) continue;
      expired.inc({ kind: question.subject.kind });
      log.info(
        { room: question.roomId, ask: question.id, kind: question.subject.kind },
        'a question was not answered in time',
      );
    }
  },
};

function itemOf({ id, roomId, person, thread }: Question): ExpiredItem {
  const now = Date.now();
  const event = `$expired-${id}` as EventId;
  const place = thread === null ? {} : { thread };
  const sender: UserId = person;
  return { v: 1, type: 'expired', ask: id, room: roomId, sender, event, originTs: now, receivedTs: now, ...place };
}
