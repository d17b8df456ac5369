import { JOB_STATES } from '../../../shared/queue/queue-counts.ts';
import { type Html, html } from '../page/html.ts';
import { count, hour } from './figures.ts';
import type { Look } from './look.ts';

/** Wakes by queue and state, and who listens. */
export function queueTable({ carried, redisAway }: Look): Html {
  const rows = Object.entries(carried?.queues ?? {}).map(
    ([queue, counts]) =>
      html`<tr id=${`q-${queue}`}>
        <th scope="row"><a id=${`queue-${queue}`} href=${`/queues/queue/${queue}`}>${queue}</a></th>
        ${JOB_STATES.map((state) => html`<td class="number">${count(counts[state])}</td>`)}
        <td class="number">${count(carried?.workers?.[queue])}</td>
      </tr>`,
  );
  return html`<section id="queues" aria-labelledby="queues-title">
    <h2 id="queues-title">Queues</h2>
    ${redisAway && html`<p class="quiet">${carried ? `As of ${hour(carried.at)}: they are in Redis, which is away.` : 'They are in Redis, which is away.'}</p>`}
    ${
      carried &&
      html`<table class="queues">
      <thead><tr><th scope="col">Queue</th>${JOB_STATES.map((state) => html`<th scope="col" class="number">${state}</th>`)}<th scope="col" class="number">workers</th></tr></thead>
      <tbody>${rows}</tbody>
    </table>`
    }
  </section>`;
}
