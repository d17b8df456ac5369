import { asRoomId, laneOf } from '../../../shared/ids/ids.ts';
import type { Act } from '../../../shared/operate/audited.ts';
import type { Visitor } from '../access/visitor.ts';
import { type Html, html } from '../page/html.ts';
import { addressWith } from '../page/query.ts';

type Button = { readonly act: Act; readonly name: string; readonly subject: string };

/** Which there are for a thing; `instance` goes by its id of shared/queue/presence.ts. */
const BUTTONS = {
  room: (id: string): Button[] => [
    { act: 'stop-waiting', name: 'Stop all that waits …', subject: id },
    { act: 'release-lane', name: 'Release the lane …', subject: laneOf.room(asRoomId(id)) },
  ],
  person: (id: string): Button[] => [
    { act: 'block', name: 'Block …', subject: id },
    { act: 'unblock', name: 'Unblock …', subject: id },
  ],
  turn: (event: string): Button[] => [{ act: 'stop-turn', name: 'Stop this turn …', subject: event }],
  instance: (id: string): Button[] => [
    { act: 'drain', name: 'Drain …', subject: id },
    { act: 'undrain', name: 'Undrain …', subject: id },
  ],
};

/** What somebody may do to a thing, as links to where it is explained and confirmed; null where that is nothing. */
export function actionsFor(
  kind: keyof typeof BUTTONS,
  id: string,
  visitor: Visitor | null,
  /** Only these of them, where it is known which make sense. */
  only?: readonly Act[],
): Html | null {
  if (visitor?.role !== 'operator') return null;
  const buttons = BUTTONS[kind](id).filter(({ act }) => only?.includes(act) ?? true);
  if (buttons.length === 0) return null;
  return html`${buttons.map(({ act, name, subject }) => actionLink(act, name, subject))}`;
}

/** Leads to the page that says what an act does, and asks. */
export function actionLink(act: Act, name: string, subject: string): Html {
  return html`<a class="button" href=${addressWith(`/actions/${act}`, { subject })}>${name}</a> `;
}
