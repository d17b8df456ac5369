import { discardReject, discardSend, sayAgain } from '../../../shared/operate/dead-letters.ts';
import { type FailedJob, failedJobs, settleFailedJob } from '../../../shared/queue/failed-jobs.ts';
import { QUEUES } from '../../../shared/queue/queues.ts';
import { failedSend, rejected } from '../../../shared/store/dead-letters.ts';
import type { OpsDeps } from '../area.ts';
import { html } from '../page/html.ts';
import { idText, plain, when } from '../page/words.ts';
import type { Action } from './action.ts';

const pageOf = (kind: string) => () => `/dead-letters?kind=${kind}`;

async function sendFacts(op: string, { database }: OpsDeps) {
  const send = op.length <= 255 ? await failedSend(database, op) : null;
  return (
    send &&
    html`<dl class="facts">
      <dt>Operation</dt><dd>${idText(send.op)}, ${send.kind ?? 'a message'}</dd>
      <dt>Lane</dt><dd>${idText(send.lane)}</dd>
      ${send.about && html`<dt>About</dt><dd>${idText(send.about)}</dd>`}
      <dt>Refused</dt><dd>${plain(send.failure)}, recorded ${when(send.at, Date.now())}</dd>
    </dl>`
  );
}

export const retrySendAction: Action = {
  act: 'retry-send',
  async look(subject, deps) {
    const facts = await sendFacts(subject, deps);
    return (
      facts && {
        title: 'Say it again',
        will: [
          'The message is sent again, before anything else of its room, under the same operation id: if it came through in truth, it is not said twice.',
          'Mend the cause first, such as what the bot may do in the room; else it is refused again and comes back here.',
        ],
        wont: ['What was said after it stays where it is: this one comes behind it.'],
        lost: ['Nothing. While the homeserver is away, the room’s next answer waits behind it.'],
        facts,
        button: 'Say it again',
      }
    );
  },
  run: ({ subject }, { database, wakes }) => sayAgain(database, wakes.wake, subject),
  home: pageOf('sends'),
};

export const discardSendAction: Action = {
  act: 'discard-send',
  async look(subject, deps) {
    const facts = await sendFacts(subject, deps);
    return (
      facts && {
        title: 'Discard this message',
        will: ['The message is taken out of the record and will never be said.'],
        wont: ['Its turn is not run again.'],
        lost: ['What it says. Its person never gets it, and is not told.'],
        facts,
        button: 'Discard it',
        costs: true,
      }
    );
  },
  run: ({ subject }, { database }) => discardSend(database, subject),
  home: pageOf('sends'),
};

export const discardRejectAction: Action = {
  act: 'discard-reject',
  async look(subject, { database }) {
    const reject = subject.length <= 600 ? await rejected(database, subject) : null;
    return (
      reject && {
        title: 'Discard this event',
        will: ['It is taken off the list.'],
        wont: ['The event stays in Matrix as it is. It is not answered; who sent it can send it again.'],
        lost: ['What is known of why it was not understood.'],
        facts: html`<dl class="facts">
          <dt>Event</dt><dd>${idText(reject.key)}</dd>
          ${reject.lane && html`<dt>Lane</dt><dd>${idText(reject.lane)}</dd>`}
          <dt>Why</dt><dd>${plain(reject.reason)}, ${when(reject.at, Date.now())}</dd>
        </dl>`,
        button: 'Discard it',
        costs: true,
      }
    );
  },
  run: ({ subject }, { database }) => discardReject(database, subject),
  home: pageOf('events'),
};

/** `turns/42`: a job by its queue and id. */
function jobMeant(subject: string): Pick<FailedJob, 'queue' | 'id'> | null {
  const [name, id] = [subject.slice(0, subject.indexOf('/')), subject.slice(subject.indexOf('/') + 1)];
  const queue = QUEUES.find((each) => each === name);
  return queue && id !== '' && subject.length <= 200 ? { queue, id } : null;
}

function jobAction(how: 'retry' | 'discard', said: { title: string; will: string; done: string }): Action {
  return {
    act: how === 'retry' ? 'retry-job' : 'discard-job',
    async look(subject, { wakes }) {
      const meant = jobMeant(subject);
      const job = meant && (await failedJobs(wakes)).find(({ queue, id }) => queue === meant.queue && id === meant.id);
      if (!job) return null;
      return {
        title: said.title,
        will: [said.will],
        wont: ['It changes nothing in the record: a job says only that a lane has work.'],
        lost: ['Nothing. What is in the lane is found by the sweep, with or without this job.'],
        facts: html`<dl class="facts">
          <dt>Job</dt><dd>${job.queue}, ${idText(job.id)}</dd>
          <dt>Lane</dt><dd>${idText(job.lane)}</dd>
          <dt>Failed</dt><dd>${when(job.at, Date.now())}: ${plain(job.reason)}</dd>
        </dl>`,
        button: said.title,
      };
    },
    async run({ subject }, { wakes }) {
      const meant = jobMeant(subject);
      const settled = meant && (await settleFailedJob(wakes, meant, how));
      return settled
        ? { state: 'done', text: said.done }
        : { state: 'nothing', text: 'it is not among the failed jobs any more' };
    },
    home: pageOf('jobs'),
  };
}

export const retryJobAction = jobAction('retry', {
  title: 'Retry this job',
  will: 'The job goes back into its queue, and a worker takes it.',
  done: 'it is in its queue again',
});
export const discardJobAction = jobAction('discard', {
  title: 'Discard this job',
  will: 'The job is removed from its queue.',
  done: 'it is removed',
});
