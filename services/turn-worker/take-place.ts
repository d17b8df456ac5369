import { saying } from '../../shared/delivery/utterances.ts';
import { opId } from '../../shared/ids/ids.ts';
import type { LaneItem } from '../../shared/lane/lane.ts';
import { NotYet } from '../../shared/lane/not-yet.ts';
import type { RunContext } from '../../shared/lane/run-lane.ts';
import type { Wait } from '../../shared/limits/admission.ts';
import type { MessageItem, WorkItem } from '../../shared/matrix/work-item.ts';
import type { Language } from '../../shared/texts/detect-language.ts';
import { fromNow } from '../../shared/texts/formats.ts';
import { say } from '../../shared/texts/say.ts';
import type { TurnDeps } from './turn-deps.ts';

/** Well within what a running turn is believed without word. */
const RENEW_MS = 20_000;

/**
 * Takes a turn's place among those of its person, room and homeserver. Who has to wait is told once in a flood.
 * @returns gives the place back, once the turn has ended or waits for its person.
 * @throws NotYet where a limit is reached: nothing of the turn has been done, and it keeps its place in its room.
 */
export async function takePlace(
  { lane, position }: LaneItem,
  message: MessageItem,
  language: Language,
  { resumed, lost }: RunContext,
  { admission, nudge, say: sayAtOnce }: TurnDeps,
): Promise<() => Promise<void>> {
  const { room, event, sender: person } = message;
  const turn = { person, room, event, lane, position, begun: resumed };
  const verdict = await admission.admit(turn);
  if (verdict !== 'admitted') {
    if (verdict.tell) {
      const notice = saying('notice', message, textOf(verdict, language), 'rate_limited');
      // Of its own, beside whatever else may come to be said about this message.
      await sayAtOnce({ ...notice, say: { ...notice.say, op: opId('rate_limited', event) } }, lost);
    }
    throw new NotYet(verdict.ms, `over a limit: ${verdict.for}`);
  }
  const renewing = setInterval(() => void admission.renew(turn), RENEW_MS);
  return async () => {
    clearInterval(renewing);
    // Whoever goes on with the turn has taken its place over.
    if (lost.aborted) return;
    const next = await admission.leave(turn);
    // Should the nudge get lost, the lane looks again by itself.
    if (next !== null) await nudge(next).catch(() => {});
  };
}

/** A turn that was dropped while it waited: the time that it was to start at is somebody else's. */
export async function neverStarted(
  { room, event, sender: person }: Pick<WorkItem, 'room' | 'event' | 'sender'>,
  { admission }: Pick<TurnDeps, 'admission'>,
): Promise<void> {
  await admission.leave({ person, room, event }, { never: true });
}

function textOf({ for: what, untilMs }: Wait, language: Language): string {
  const when = fromNow(language, untilMs);
  switch (what) {
    case 'minute':
      return say(language, 'rate_limited', { when });
    case 'another':
      return say(language, 'rate_limited_another');
    case 'day':
      return say(language, 'rate_limited_day', { when });
  }
}
