import type { Finding } from './finding.ts';

/** What a message’s age is judged by bears this much. */
const TOLERATED_MS = 10_000;
/** From here on commands are taken for old ones and not carried out (they may be ten minutes old). */
const HARMFUL_MS = 5 * 60_000;
const REMEDY = 'let both machines keep their clocks by NTP: how old messages and questions are is told by them';

/**
 * @param whose clock it is, for people.
 * @param ahead by how many ms it is before ours; behind it, if negative.
 */
export function clockFinding(name: string, whose: string, ahead: number): Finding {
  const off = Math.abs(ahead);
  if (off <= TOLERATED_MS) return { name, level: 'ok', text: `${whose} clock agrees with this machine’s` };
  const text = `${whose} clock is ${Math.round(off / 1000)} s ${ahead > 0 ? 'ahead of' : 'behind'} this machine’s`;
  return { name, level: off > HARMFUL_MS ? 'error' : 'warning', text, remedy: REMEDY };
}
