import { asEventId, type EventId } from '../ids/ids.ts';
import { decoded } from './find-room.ts';

/** An event id by itself or in a link: matrix.to, a client’s own, `matrix:roomid/…/e/…`. */
export function eventIdIn(text: string): EventId | undefined {
  const plain = text.trim();
  const [, opaque] = /^matrix:roomid\/[^/]+\/e\/([^/?]+)/.exec(plain) ?? [];
  // By itself an id may have a slash in it, as those of room version 3 do.
  const [whole] = /^\$[^\s?#]+$/.exec(plain) ?? [];
  const [, linked] = /\/(\$[^/?\s#]+)/.exec(decoded(plain)) ?? [];
  const found = opaque ? `$${opaque}` : (whole ?? linked);
  return found !== undefined && found.length <= 255 ? asEventId(found) : undefined;
}
