import { asEventId, asRoomId, laneOf } from '../../../shared/ids/ids.ts';
import { lookAtLanes } from '../../../shared/lane/look-at.ts';
import { placeOf } from '../../../shared/lane/place-of.ts';
import { stopTurn, stopWaiting } from '../../../shared/operate/stop-work.ts';
import { knownRoom } from '../../../shared/store/known-rooms.ts';
import type { OpsDeps } from '../area.ts';
import { html } from '../page/html.ts';
import { pathOf, roomLink, turnLink } from '../page/links.ts';
import { counted, when } from '../page/words.ts';
import type { Action } from './action.ts';
import { isEvent, isRoom } from './subjects.ts';

const parts = ({ database, control, wakes }: OpsDeps) => ({
  database,
  publishControl: control.publishControl,
  wake: wakes.wake,
});

export const stopTurnAction: Action = {
  act: 'stop-turn',
  async look(subject, { database }) {
    const place = isEvent(subject) ? await placeOf(database.run, subject) : null;
    if (!place?.lane.startsWith('room/')) return null;
    const room = asRoomId(place.lane.slice('room/'.length));
    const not = place.done
      ? 'This turn has ended already: there is nothing to stop.'
      : place.begun
        ? undefined
        : 'This turn has not begun: it waits. Stop what waits in its room, or wait until it runs.';
    return {
      title: 'Stop this turn',
      will: [
        'The turn that answers this message ends now, as by its person’s own !stop.',
        'What the agent has written so far stays in the room, with the line that the people who run this bot have stopped it.',
        'The agent is told to stop what it is doing.',
      ],
      wont: ['What waits behind it in the room goes on. Other rooms do not notice.'],
      lost: [
        'The rest of the answer. The person can send the message again. What the agent’s tools have done stays done.',
      ],
      facts: html`<dl class="facts"><dt>Message</dt><dd>${turnLink(asEventId(subject))}</dd><dt>Room</dt><dd>${roomLink(room)}</dd></dl>`,
      button: 'Stop this turn',
      costs: true,
      ...(not && { not }),
    };
  },
  run: ({ subject, id }, deps) => stopTurn(parts(deps), asEventId(subject), id),
  home: pathOf.turn,
};

export const stopWaitingAction: Action = {
  act: 'stop-waiting',
  async look(subject, { database }) {
    const room = isRoom(subject) ? await knownRoom(database, asRoomId(subject)) : null;
    if (!room) return null;
    const [lane] = await lookAtLanes(database.run, [laneOf.room(room.roomId)]);
    const waiting = lane!.lastSeq - lane!.doneSeq;
    return {
      title: 'Stop all that runs and waits in this room',
      will: [
        'The turn that runs ends now; what was written of it stays.',
        'Every message that waits there now is dropped without a turn. Its person is told so under each of them, and can send it again.',
      ],
      wont: [
        'What is sent after this is answered as ever. Commands that wait are still done. Other rooms do not notice.',
      ],
      lost: ['The answers to what waits, and the rest of the answer that runs.'],
      facts: html`<dl class="facts">
        <dt>Room</dt><dd>${roomLink(room.roomId, room.name)}</dd>
        <dt>Runs or waits</dt><dd>${counted(waiting, 'message')}${lane!.head && html`, the oldest received ${when(lane!.head.receivedAt, lane!.now.getTime())}`}</dd>
      </dl>`,
      button: 'Stop all of it',
      costs: true,
      ...(waiting === 0 && { not: 'Nothing runs or waits in this room.' }),
    };
  },
  run: ({ subject, id }, deps) => stopWaiting(parts(deps), asRoomId(subject), id),
  home: pathOf.room,
};
