import { describe } from '../../../shared/errors/surfaces-error.ts';
import type { Area } from '../area.ts';
import { fragmentOf, html } from '../page/html.ts';
import { sendPage } from '../page/layout.ts';
import { hour } from './figures.ts';
import { fragment } from './fragment.ts';
import { History, SAMPLE_MS } from './history.ts';
import { LiveFeed } from './live-feed.ts';
import { Lookout } from './look.ts';

/** Whether it is well, what is slow and who waits: at `/`, and as it changes at `/live-overview`. */
export const addOverview: Area = (site, deps) => {
  const lookout = new Lookout(deps);
  const history = new History(deps.redis, deps.namespace);
  const failed = (error: unknown) => deps.log.error({ err: error }, `the overview failed: ${describe(error)}`);
  const take = () => history.take(() => lookout.look()).catch(failed);
  const now = async () => fragment(await lookout.look(), history.samples);
  const feed = new LiveFeed(async () => fragmentOf(await now()), failed);
  const timer = setInterval(() => void take(), SAMPLE_MS);
  timer.unref();
  void take();
  site.addHook('preClose', async () => {
    clearInterval(timer);
    feed.close();
  });

  site.get('/', async (request, reply) =>
    sendPage(request, reply, {
      title: 'Overview',
      place: 'overview',
      body: html`<div class="page-head">
          <h1>Overview</h1>
          <p id="live-state" class="quiet">As of ${hour(Date.now())}. <a href="/">Reload</a></p>
        </div>
        ${await now()}
        <script src="/assets/live.js" defer></script>`,
    }),
  );
  // A HEAD would never end.
  site.get('/live-overview', { exposeHeadRoute: false }, async (request, reply) => {
    reply.hijack();
    feed.add(reply.raw, reply.getHeaders(), request.headers['last-event-id'] as string | undefined);
  });
};
