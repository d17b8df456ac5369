import { html } from './html.ts';
import type { Page } from './layout.ts';
import { pathOf } from './links.ts';
import { idText } from './words.ts';

const KINDS = {
  room: {
    place: 'rooms',
    title: 'Room not known',
    text: 'The record has no room with this id. It may be one that the bot was never in, or one that an upgrade has replaced; reconciliation finds rooms that the record lost.',
  },
  person: {
    place: 'people',
    title: 'Person not known',
    text: 'The record knows nobody with this id: they never invited the bot, own no room, and are nobody’s guest. Mind capital letters and the server behind the colon.',
  },
  turn: {
    place: 'overview',
    title: 'Event not known',
    text: 'Nothing came of an event with this id, as far as the record goes back: ingress has not taken it in, it is in a room that the bot is not in, or it is older than what is kept (SURFACES_KEEP_RECORDS).',
  },
} as const;

/** In place of the page of something that does not exist. */
export function notKnown(kind: keyof typeof KINDS, id: string): Page {
  const { place, title, text } = KINDS[kind];
  return {
    title,
    place,
    body: html`<h1>${title}</h1>
      <p>${idText(id)}</p>
      <p>${text}</p>
      <p><a href=${pathOf.search(id)}>Search for it</a></p>`,
  };
}
