import { expect, test } from 'vitest';
import { eventIdIn } from './event-id-in.ts';

const ID = '$8nQhvSRvZnZ1bZ0yV0aT1gHfJ3aQ2mJ9w4yL9cJ7b2E';

test.each([
  [ID, ID],
  [` ${ID} `, ID],
  ['$with/slash+of:v3', '$with/slash+of:v3'],
  [`https://matrix.to/#/!room:server/${ID}?via=server`, ID],
  [`https://matrix.to/#/${encodeURIComponent('!room:server')}/${encodeURIComponent(ID)}?via=server`, ID],
  [`https://app.example.org/#/room/!room:server/${ID}`, ID],
  [`matrix:roomid/room:server/e/${ID.slice(1)}?via=server`, ID],
  ['It costs $5', undefined],
  ['!room:server', undefined],
  ['$', undefined],
  ['100 % /', undefined],
  [`$${'x'.repeat(300)}`, undefined],
])('%s', (text, id) => expect(eventIdIn(text)).toBe(id));
