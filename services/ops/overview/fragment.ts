import { type Html, html } from '../page/html.ts';
import { type Alarm, alarmsOf } from './alarms.ts';
import { chart } from './chart.ts';
import type { Look } from './look.ts';
import { processTable } from './process-table.ts';
import { queueTable } from './queue-table.ts';
import type { Sample } from './sample.ts';
import { sampleNow } from './take-sample.ts';
import type { Tile, View } from './tiles.ts';
import { TILES_OF_PARTS } from './tiles-of-parts.ts';
import { TILES_OF_WORK } from './tiles-of-work.ts';
import { moodOf, verdict, withOwnTroubles } from './verdict.ts';

/** All that changes while the page is looked at. Each of its pieces has an id, by which live.js finds what to renew. */
export function fragment(look: Look, history: readonly Sample[]): Html {
  const now = sampleNow(look, history.at(-1)?.until ?? look.at);
  // A sample that was taken of this very look is in the history already.
  const samples = history.at(-1)?.at === look.at ? history : [...history, now];
  const alarms = withOwnTroubles(alarmsOf(samples), look);
  const view: View = { look, window: { samples, last: samples.length - 1 } };
  const show = (tile: Tile) => tileOf(tile, view, history, alarms);
  return html`<div id="live">
    <section id="verdict-of-all" aria-label="Whether it is well">${verdict(alarms, look.at)}</section>
    <section id="of-work" aria-labelledby="of-work-title">
      <h2 id="of-work-title">What people notice</h2>
      <div id="work-tiles" class="tiles">${TILES_OF_WORK.map(show)}</div>
    </section>
    <section id="of-parts" aria-labelledby="of-parts-title">
      <h2 id="of-parts-title">What it is made of</h2>
      <div id="parts-tiles" class="tiles">${TILES_OF_PARTS.map(show)}</div>
    </section>
    ${processTable(look)}
    ${queueTable(look)}
  </div>`;
}

function tileOf(tile: Tile, view: View, history: readonly Sample[], alarms: readonly Alarm[]): Html {
  const about = alarms.filter(({ alert }) => tile.alerts.includes(alert.name));
  const words = [...new Set(about.map(({ alert }) => alert.summary))];
  const title = `tile-${tile.id}-title`;
  return html`<section id=${`tile-${tile.id}`} class=${`tile ${moodOf(about)}`} aria-labelledby=${title}>
    <h3 id=${title}>${tile.title}</h3>
    <p class="figure">${tile.figure(view)}</p>
    ${words.map((summary) => html`<p class="amiss">${summary}</p>`)}
    <div class="note">${tile.note(view)}</div>
    ${chart(`chart-${tile.id}`, tile.charted, tile.line, history, view.look.at)}
  </section>`;
}
