import { auditEntry } from '../../../shared/store/ops-audit.ts';
import type { OpsDeps } from '../area.ts';
import type { FastifyInstance } from '../http.ts';
import type { Told } from '../page/layout.ts';
import { actName, outcomeIn, stateName } from './act-names.ts';

/** How long a page still says what was done before one came to it. */
const SAID_MS = 120_000;
const NAME = 'did';

/**
 * A page that one comes to from an action says what was done. Its address names the row of the audit, and the text is that
 * row's: so a link from elsewhere can make a page say nothing but what the visitor has just done themselves.
 */
export function addTold(site: FastifyInstance, { database }: OpsDeps): void {
  site.decorateRequest('told', null);
  site.addHook('preHandler', async (request) => {
    const given = (request.query as Readonly<Record<string, unknown>>)[NAME];
    if (request.method !== 'GET' || request.visitor === null || typeof given !== 'string' || !/^\d{1,15}$/.test(given))
      return;
    // The page itself says that the record is away.
    const entry = await auditEntry(database, Number(given)).catch(() => null);
    if (!entry || entry.by !== request.visitor.name || Date.now() - entry.at.getTime() > SAID_MS) return;
    request.told = toldOf(entry.act, entry.outcome);
  });
}

/** The path with the row's id in it. */
export function pathTelling(path: string, id: number): string {
  const url = new URL(path, 'http://here');
  url.searchParams.set(NAME, String(id));
  return `${url.pathname}${url.search}`;
}

function toldOf(act: string, outcome: string | null): Told {
  const { state, text } = outcomeIn(outcome);
  const kind = state === 'done' ? 'done' : 'problem';
  return { kind, text: `${actName(act)}, ${stateName(state)}: ${text}.`.replace(/\.\.$/, '.') };
}
