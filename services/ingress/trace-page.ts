import type { Page } from '../../shared/lane/intake.ts';
import type { WorkItem } from '../../shared/matrix/work-item.ts';
import { placeOfEvent, recordSpan } from '../../shared/runtime/tracing.ts';

/**
 * The first span of each event's trace: from the answer of /sync that brought it until it is in the record and its lane is
 * woken. `since_sent_ms` goes by the homeserver's clock.
 */
export function tracePage({ items }: Page, to = Date.now()): void {
  for (const { lane, queue, body } of items) {
    const { event, room, type, receivedTs: from, originTs } = body as WorkItem;
    const first = placeOfEvent(event);
    if (!first) return;
    const attributes = { room, event, lane, queue, type, since_sent_ms: from - originTs, page_items: items.length };
    recordSpan('take in', attributes, { first, from, to });
  }
}
