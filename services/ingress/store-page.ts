import { describe, SurfacesError } from '../../shared/errors/surfaces-error.ts';
import { type Intake, intake, type Page } from '../../shared/lane/intake.ts';
import type { RunSql } from '../../shared/lane/lane.ts';
import type { Log } from '../../shared/runtime/log.ts';

/**
 * Takes in a page. Should Postgres refuse it for what stands in it (which decoding prevents as far as is known), the same
 * page would come again for ever: then its parts are taken in one by one, the token last, and what is refused is recorded.
 * @throws SurfacesError `database_unavailable`.
 */
export async function storePage(sql: RunSql, page: Page, log: Log): Promise<Intake> {
  try {
    return await intake(sql, page);
  } catch (error) {
    if (error instanceof SurfacesError) throw error;
    log.error({ err: error, items: page.items.length }, 'the database refuses a page; its parts are tried one by one');
    return storeParts(sql, page, log);
  }
}

/** Each part is taken in under the token that stands (`from` to `from`); the last step moves it. */
async function storeParts(sql: RunSql, page: Page, log: Log): Promise<Intake> {
  const { source, from, to } = page;
  const rejects = [...(page.rejects ?? [])];
  const wakes: Intake['wakes'] = [];
  const withdrawn: Intake['withdrawn'] = [];
  let fresh = 0;
  const attempt = async (part: Partial<Page>, key: string, lane?: string): Promise<boolean> => {
    try {
      const taken = await intake(sql, { source, from, to: from, items: [], ...part });
      wakes.push(...taken.wakes);
      withdrawn.push(...taken.withdrawn);
      fresh += taken.fresh;
      return taken.accepted;
    } catch (error) {
      if (error instanceof SurfacesError) throw error;
      log.error({ err: error, key }, 'recorded as refused by the database');
      rejects.push({ key, ...(lane && { lane }), reason: `refused by the database: ${describe(error)}`.slice(0, 300) });
      return true;
    }
  };
  const fenced: Intake = { accepted: false, repeated: false, wakes, withdrawn, fresh };
  for (const item of page.items) if (!(await attempt({ items: [item] }, item.key, item.lane))) return fenced;
  for (const amendment of page.amendments ?? [])
    if (!(await attempt({ amendments: [amendment] }, amendment.key))) return fenced;
  const last = await intake(sql, { source, from, to, items: [], rejects });
  return { ...last, wakes: [...wakes, ...last.wakes], withdrawn, fresh };
}
