import type { EventId } from '../../../shared/ids/ids.ts';
import { itemOf } from '../../../shared/store/find-id.ts';
import type { Area } from '../area.ts';
import { sendPage } from '../page/layout.ts';
import { pathOf } from '../page/links.ts';
import { notKnown } from '../page/not-known.ts';
import { itemKey } from '../page/query.ts';
import { turnPage } from './turn-page.ts';

/** `/turns/:event`: what came of one event, or of an item of our own. */
export const addTurns: Area = (site, deps) => {
  site.get<{ Params: { event: string } }>('/turns/:event', async (request, reply) => {
    const key = itemKey(request.params.event) as EventId | undefined;
    const page = key && (await turnPage(key, request.visitor, deps));
    if (page) return sendPage(request, reply, page);
    const target = key && (await itemOf(deps.database, key));
    if (target && target !== key) return reply.redirect(pathOf.turn(target));
    return sendPage(request, reply.code(404), notKnown('turn', request.params.event));
  });
};
