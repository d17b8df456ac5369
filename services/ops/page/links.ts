import type { EventId, RoomId, UserId } from '../../../shared/ids/ids.ts';
import { type Html, html } from './html.ts';
import { idText, named, plain } from './words.ts';

/** Where things have their page. */
export const pathOf = {
  room: (id: string) => `/rooms/${encodeURIComponent(id)}`,
  person: (id: string) => `/people/${encodeURIComponent(id)}`,
  turn: (event: string) => `/turns/${encodeURIComponent(event)}`,
  search: (text: string) => `/search?q=${encodeURIComponent(text)}`,
};

export function roomLink(id: RoomId, name?: string | null, instead = '(no name)'): Html {
  return html`<a href=${pathOf.room(id)}>${name === undefined ? idText(id) : named(name, instead)}</a>`;
}

export function personLink(id: UserId): Html {
  return html`<a href=${pathOf.person(id)}>${idText(id)}</a>`;
}

/** A short one where the whole id would only take room; it is in the title. */
export function turnLink(event: EventId, shown?: string): Html {
  return html`<a href=${pathOf.turn(event)} title=${plain(event)}>${shown ?? idText(event)}</a>`;
}
