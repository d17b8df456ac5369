import { instanceOf } from '../../../shared/diagnosis/verdict.ts';
import { lookAtLanes } from '../../../shared/lane/look-at.ts';
import { releaseLane } from '../../../shared/operate/release-lane.ts';
import { html } from '../page/html.ts';
import { pathOf } from '../page/links.ts';
import { idText, when } from '../page/words.ts';
import type { Action } from './action.ts';
import { isLane, roomOfLane } from './subjects.ts';

export const releaseLaneAction: Action = {
  act: 'release-lane',
  async look(subject, { database }) {
    if (!isLane(subject)) return null;
    const [lane] = await lookAtLanes(database.run, [subject]);
    if (!lane || lane.lastSeq === 0) return null;
    const { holder, leaseUntil, head, epoch } = lane;
    const now = lane.now.getTime();
    return {
      title: 'Release this lane',
      will: [
        'The lane is taken from the process that has it. The next worker takes it within seconds, attaches to the agent’s turn where it stands, and goes on in the same message.',
        'Whatever the old holder still wants to record comes too late and is refused: its lease has another number than the lane has then.',
      ],
      wont: [
        'The turn is not stopped, and nothing that waits is dropped.',
        'It helps where a process renews its lease and does nothing. A process that is dead loses its lanes by itself, within seconds.',
      ],
      lost: [
        'Nothing. If the old holder is not stuck but slow, both may edit the same message for a moment, until the old one has heard of it; the last word is the new one’s.',
      ],
      facts: html`<dl class="facts">
        <dt>Lane</dt><dd>${idText(subject)}</dd>
        ${holder !== null && html`<dt>Held by</dt><dd>${idText(instanceOf(holder))}, epoch ${epoch}</dd>`}
        ${leaseUntil !== null && html`<dt>Lease</dt><dd>ends ${when(leaseUntil, now)} if it is not renewed</dd>`}
        ${head && html`<dt>Works on</dt><dd>${head.kind ?? 'an item'}, received ${when(head.receivedAt, now)}</dd>`}
      </dl>`,
      button: 'Release it',
      seen: String(epoch),
      ...(holder === null && { not: 'Nobody holds this lane: there is nothing to release.' }),
    };
  },
  async run({ subject, seen }, deps) {
    const epoch = /^\d{1,15}$/.test(seen ?? '') ? Number(seen) : -1;
    const { publishControl } = deps.control;
    return releaseLane({ ...deps, publishControl }, subject, epoch);
  },
  details: (fields) => ({ epoch: String(fields.seen ?? '') }),
  home(subject) {
    const room = roomOfLane(subject);
    return room ? pathOf.room(room) : '/actions';
  },
};
