import { addActions } from './actions/add-actions.ts';
import type { Area } from './area.ts';
import { addAudit } from './audit/audit.ts';
import { addDeadLetters } from './dead-letters/dead-letters.ts';
import { addOverview } from './overview/overview.ts';
import { addPeople } from './people/people.ts';
import { addRooms } from './rooms/rooms.ts';
import { addSearch } from './search/search.ts';
import { addTurns } from './turns/turns.ts';

/** All parts of the site. */
export const AREAS: readonly Area[] = [
  addOverview,
  addSearch,
  addRooms,
  addPeople,
  addTurns,
  addActions,
  addAudit,
  addDeadLetters,
];
