import type { Database } from '../../store/postgres.ts';
import { recordedFacts } from '../../store/recorded-facts.ts';
import type { Facts } from '../facts.ts';
import { type Looking, roomsJoined, seeRooms } from './see-rooms.ts';

export type Gathering = Looking & {
  readonly database: Database;
  /** Called when it is known how many rooms there are. */
  readonly onRooms?: (rooms: number) => void;
};

/**
 * Everything that Matrix says and everything that the record says. The record is read first: commands write to Matrix before
 * they write to the record, so that where a command runs meanwhile, it is Matrix that is found to be newer.
 */
export async function gather(gathering: Gathering): Promise<Facts> {
  const { database, http, self, onRooms } = gathering;
  const record = await recordedFacts(database);
  const joined = await roomsJoined(http);
  onRooms?.(joined.length);
  return { self, ...record, ...(await seeRooms(joined, gathering)) };
}
