import { instanceOf } from '../../../shared/diagnosis/verdict.ts';
import type { LaneLook } from '../../../shared/lane/look-at.ts';
import { type Html, html } from '../page/html.ts';
import { turnLink } from '../page/links.ts';
import { counted, number, plain, when } from '../page/words.ts';

/** What each lane is for. */
const NAMES: Readonly<Record<string, string>> = {
  room: 'turns',
  control: 'commands that overtake',
  files: 'files that go out',
  person: 'what is done for its owner',
  flood: 'messages that were refused',
};

/** Lanes as they are now; those into which nothing was ever put are left out. */
export function lanesTable(lanes: readonly LaneLook[], now: number): Html {
  const used = lanes.filter(({ lastSeq, unsent }, index) => index === 0 || lastSeq > 0 || unsent > 0);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Lanes">
    <table class="lanes">
      <thead>
        <tr>
          <th scope="col">Lane</th><th scope="col" class="number">Done</th><th scope="col" class="number">To do</th>
          <th scope="col">Next</th><th scope="col">Held by</th><th scope="col">Waits until</th><th scope="col" class="number">Unsent</th>
        </tr>
      </thead>
      <tbody>${used.map((lane) => row(lane, now))}</tbody>
    </table>
  </div>`;
}

function row(look: LaneLook, now: number): Html {
  const { lane, doneSeq, lastSeq, head, waitUntil, waits, losses, unsent } = look;
  const name = lane.slice(0, lane.indexOf('/'));
  return html`<tr>
    <th scope="row">${name}<div class="quiet">${NAMES[name] ?? ''}</div></th>
    <td class="number">${number(doneSeq)}</td>
    <td class="number">${number(lastSeq - doneSeq)}</td>
    <td>${head && html`${turnLink(head.key as never, head.kind ?? 'item')} ${headState(head)}<div class="quiet">received ${when(head.receivedAt, now)}</div>`}</td>
    <td>${holder(look, now)}</td>
    <td>${waitUntil && when(waitUntil, now)}${waits > 0 && html`<div class="quiet">put back ${counted(waits, 'time')}</div>`}${losses > 0 && html`<div>lost its worker ${counted(losses, 'time')}</div>`}</td>
    <td class="number">${unsent > 0 ? html`<strong>${number(unsent)}</strong>` : html`<span class="quiet">0</span>`}</td>
  </tr>`;
}

function headState({ started, stopped, withdrawn, queue, handedTo }: NonNullable<LaneLook['head']>): Html {
  const words = [
    started ? 'begun' : 'not begun',
    ...(stopped ? ['told to stop'] : []),
    ...(withdrawn ? ['withdrawn'] : []),
    handedTo === null ? `queue ${queue}` : `handed over to ${handedTo}`,
  ];
  return html`<span class="quiet">${words.join(', ')}</span>`;
}

function holder({ holder, epoch, leaseUntil }: LaneLook, now: number): Html | null {
  if (holder === null || leaseUntil === null)
    return epoch > 0 ? html`<span class="quiet">nobody; epoch ${epoch}</span>` : null;
  const alive = leaseUntil.getTime() > now;
  return html`${plain(instanceOf(holder))}<div class=${alive ? 'quiet' : ''}>epoch ${epoch}, lease ${alive ? 'ends' : 'ended'} ${when(leaseUntil, now)}</div>`;
}
