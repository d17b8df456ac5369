import type { LaneItem } from '../lane/lane.ts';
import type { WorkItem } from '../matrix/work-item.ts';

/**
 * What an item asks for now: as it was edited by its author before it started, or else as it was sent. Whoever else sent
 * an edit of it is ignored (clients do the same: Matrix specification, “Validity of replacement events”), and so is an
 * edit that turns a message into a command or a command into a message: it would be in the wrong place of the order.
 */
export function workOf(item: LaneItem<WorkItem>): WorkItem {
  const { body, original } = item;
  if (original === null) return body;
  if (body.sender !== original.sender || body.type !== original.type) return original;
  return { ...body, event: original.event };
}
