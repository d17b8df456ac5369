import type { TurnTrail } from '../../../shared/store/turn-trail.ts';
import { type Html, html } from '../page/html.ts';
import { took } from '../page/words.ts';

const WIDTH = 1_000;
/** So that a phase of no length is still seen. */
const LEAST = 4;

type Phase = { readonly name: string; readonly kind: string; readonly from: number; readonly to: number };

/** How long a turn waited, thought, wrote and was sent, as one line of bars with their lengths in words. */
export function phaseLine(trail: TurnTrail, now: number): Html | null {
  const phases = phasesOf(trail, now).filter(({ from, to }) => to > from);
  const first = phases[0];
  const last = phases.at(-1);
  if (!first || !last) return null;
  const scale = WIDTH / (last.to - first.from);
  const x = (at: number) => Math.round((at - first.from) * scale);
  const words = phases.map(({ name, from, to }) => `${name} ${took(to - from)}`);
  const drafts = courseOf(trail)?.drafts ?? [];
  const startedAt = courseOf(trail)?.startedAt ?? 0;
  return html`<figure class="phases">
    <svg viewBox=${`0 0 ${WIDTH} 24`} preserveAspectRatio="none" role="img" aria-label=${words.join(', ')}>
      ${phases.map(({ kind, from, to }) => html`<rect class=${kind} x=${x(from)} y="0" width=${Math.max(LEAST, x(to) - x(from))} height="24" />`)}
      ${drafts.map(([ms]) => html`<rect class="draft" x=${x(startedAt + ms)} y="17" width="2" height="7" />`)}
    </svg>
    <figcaption>
      ${phases.map(({ name, kind, from, to }) => html`<span><i class=${`key ${kind}`}></i>${name} <strong>${took(to - from)}</strong></span>`)}
    </figcaption>
  </figure>`;
}

function courseOf({ said }: TurnTrail) {
  return said.find(({ course }) => course !== null)?.course ?? null;
}

function phasesOf(trail: TurnTrail, now: number): Phase[] {
  const { item, said, shown } = trail;
  const stored = item.storedAt.getTime();
  const course = courseOf(trail);
  const committed = said[0]?.committedAt.getTime() ?? null;
  const sent = said.at(-1)?.sentAt?.getTime() ?? null;
  const words = course
    ? course.drafts[0]
      ? course.startedAt + course.drafts[0][0]
      : null
    : (shown[0]?.at.getTime() ?? null);
  const started = course?.startedAt ?? null;
  const marks: readonly [name: string, kind: string, at: number | null][] = [
    [course?.resumed ? 'earlier tries, and waiting' : 'waited', 'waited', started],
    ['until first words', 'thought', words],
    [words === null ? 'worked' : 'wrote', 'wrote', committed],
    ['sent the last words', 'sent', sent],
  ];
  const phases: Phase[] = [];
  let from = stored;
  for (const [name, kind, at] of marks) {
    if (at === null) continue;
    // Clocks of several machines: none goes backwards here.
    const to = Math.max(from, at);
    phases.push({
      name: started === null && kind === 'thought' ? 'until first words, waiting included' : name,
      kind,
      from,
      to,
    });
    from = to;
  }
  if (committed === null)
    phases.push({ name: 'so far', kind: words === null ? 'waited' : 'wrote', from, to: Math.max(from, now) });
  else if (sent === null) phases.push({ name: 'not sent for', kind: 'sent', from, to: Math.max(from, now) });
  return phases;
}
