import { expect, test } from 'vitest';
import { roomIdIn } from './find-room.ts';

const ID = '!VHsFjyZIftqAOeuEos:surfaces.localhost';

test.each([
  [ID, ID],
  [` ${ID} `, ID],
  ['!Dpvumwe4owOiOIIRjk3rfYkyc7tXVfj1onkDQ6Yhhz0', '!Dpvumwe4owOiOIIRjk3rfYkyc7tXVfj1onkDQ6Yhhz0'],
  [`https://matrix.to/#/${encodeURIComponent(ID)}?via=surfaces.localhost`, ID],
  [`https://matrix.to/#/${ID}/$event?via=surfaces.localhost`, ID],
  [`https://app.example.org/#/room/${ID}`, ID],
  ['matrix:roomid/VHsFjyZIftqAOeuEos:surfaces.localhost?via=b', ID],
  ['Tomatoes', undefined],
  ['Wow! really', undefined],
  ['100 %', undefined],
  ['#alias:server', undefined],
])('%s', (text, id) => expect(roomIdIn(text)).toBe(id));
