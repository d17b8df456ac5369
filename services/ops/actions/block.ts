import { canBeBlocked, letIn, shutOut } from '../../../shared/operate/blocking.ts';
import { blockedOnes } from '../../../shared/store/blocked.ts';
import type { OpsDeps } from '../area.ts';
import { html } from '../page/html.ts';
import { pathOf } from '../page/links.ts';
import { textIn } from '../page/query.ts';
import { idText, plain, when } from '../page/words.ts';
import type { Action } from './action.ts';

const LONGEST_REASON = 300;
const home = (subject: string) => (subject.startsWith('@') ? pathOf.person(subject) : '/actions');
const isServer = (subject: string) => subject.startsWith('*');
const called = (subject: string) => (isServer(subject) ? 'Everybody of this homeserver' : 'This person');

async function entryOf(subject: string, { database }: OpsDeps) {
  const all = await blockedOnes(database);
  return all.find((each) => each.subject === subject);
}

export const blockAction: Action = {
  act: 'block',
  async look(subject, deps) {
    if (!canBeBlocked(subject)) return null;
    const entry = await entryOf(subject, deps);
    return {
      title: isServer(subject) ? 'Block everybody of a homeserver' : 'Block a person',
      will: [
        `${called(subject)} may not use the bot from now on, in any room, in all processes at once. What they write is not answered; they are told so once in each room.`,
      ],
      wont: [
        'A turn of theirs that runs goes on; stop it if it should not. Their rooms, files and Spaces stay as they are.',
      ],
      lost: ['What they write while they are blocked is never answered, also when the block is taken back.'],
      facts: html`<dl class="facts"><dt>Who</dt><dd>${idText(subject)}</dd></dl>`,
      fields: html`<label for="reason">Reason, for whoever asks later; they do not see it</label>
        <input id="reason" name="reason" maxlength=${LONGEST_REASON} autocomplete="off" />`,
      button: 'Block',
      costs: true,
      ...(entry && { not: `Blocked already, by ${plain(entry.by)}${entry.reason ? `: ${plain(entry.reason)}` : ''}.` }),
    };
  },
  run: ({ subject, fields, by }, { database }) => shutOut(database, { subject, reason: reasonIn(fields), by }),
  details: (fields) => ({ reason: reasonIn(fields) }),
  home,
};

export const unblockAction: Action = {
  act: 'unblock',
  async look(subject, deps) {
    if (!canBeBlocked(subject)) return null;
    const entry = await entryOf(subject, deps);
    return {
      title: 'Take a block back',
      will: [`${called(subject)} may use the bot again, at once, as far as SURFACES_ALLOW lets them.`],
      wont: ['What they wrote meanwhile is not answered; they can send it again.'],
      lost: ['Nothing.'],
      facts: html`<dl class="facts">
        <dt>Who</dt><dd>${idText(subject)}</dd>
        ${entry && html`<dt>Blocked</dt><dd>${when(entry.at, Date.now())}, by ${plain(entry.by)}</dd>`}
        ${entry?.reason && html`<dt>Reason</dt><dd>${plain(entry.reason)}</dd>`}
      </dl>`,
      button: 'Unblock',
      ...(!entry && { not: 'They are not blocked themselves. A block of their whole homeserver is another one.' }),
    };
  },
  run: ({ subject }, { database }) => letIn(database, subject),
  home,
};

function reasonIn(fields: Parameters<typeof textIn>[0]): string | null {
  return textIn(fields, 'reason')?.slice(0, LONGEST_REASON) ?? null;
}
