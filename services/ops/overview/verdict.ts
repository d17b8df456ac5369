import { ALERTS } from '../../../shared/runtime/alerts/alerts.ts';
import { runbookOf } from '../../../shared/runtime/alerts/runbook.ts';
import { type Html, html } from '../page/html.ts';
import type { Alarm } from './alarms.ts';
import { ago, hour, short } from './figures.ts';
import type { Look } from './look.ts';

export type Mood = 'bad' | 'warn' | 'good';

/** What fires is bad, what is amiss and does not fire yet is watched. */
export function moodOf(alarms: readonly Alarm[]): Mood {
  if (alarms.some(({ fires }) => fires)) return 'bad';
  return alarms.length > 0 ? 'warn' : 'good';
}

/** What the page meets itself is said at once; the alerts about it wait for minutes. */
export function withOwnTroubles(measured: readonly Alarm[], { databaseAway, redisAway, carried, own }: Look): Alarm[] {
  const { there, vanished } = carried?.processes ?? own;
  const [host, ...others] = new Set([...there, ...vanished].map((each) => each.host));
  // Where there is one host only, its name says nothing.
  const alarms = measured.map((alarm) => ({
    ...alarm,
    of: others.length === 0 ? alarm.of.replace(` on ${host}`, '') : alarm.of,
  }));
  const met = [
    ...(databaseAway ? [{ name: 'SurfacesDatabaseAway', ...databaseAway }] : []),
    ...(redisAway ? [{ name: 'SurfacesRedisAway', ...redisAway }] : []),
  ];
  const fromHere = met.map(({ name, since }): Alarm => {
    const alert = ALERTS.find((each) => each.name === name)!;
    return { alert, of: 'met by this page', value: Number.NaN, since, fires: true };
  });
  return [...fromHere, ...alarms.filter(({ alert }) => !met.some(({ name }) => name === alert.name))];
}

/** Whether it is well, in one sentence, and whatever is not, with what to do. */
export function verdict(alarms: readonly Alarm[], now: number): Html {
  const mood = moodOf(alarms);
  const byAlert = [...Map.groupBy(alarms, ({ alert }) => alert).values()];
  const firing = byAlert.filter((group) => group.some(({ fires }) => fires));
  const summaries = (firing.length > 0 ? firing : byAlert).map(([first]) => first!.alert.summary).join(' ');
  const sentence = { good: 'All is well.', warn: `Not an alarm yet: ${summaries}`, bad: summaries }[mood];
  return html`<div id="verdict" class=${`verdict ${mood}`} role="status"><p>${sentence}</p></div>
    <ul id="alarms" class="alarms">
      ${byAlert.map((group) => alarmCard(group, now))}
    </ul>`;
}

/** All alarms of one alert. */
function alarmCard(group: readonly Alarm[], now: number): Html {
  const { alert } = group[0]!;
  const mood = moodOf(group);
  return html`<li id=${`alarm-${alert.name}`} class=${`alarm ${mood}`}>
    <h2>${alert.summary}</h2>
    <p class="of">${mood === 'warn' && html`<span class="badge warn">an alarm after ${alert.forMinutes} min</span> `}${group.map((alarm, index) => html`${index > 0 && ' · '}${ofText(alarm, now)}`)}</p>
    <p>${alert.notice}</p>
    <p><strong>First:</strong> ${withCode(alert.first)}</p>
    <p class="quiet">Measured: ${alert.measure}; amiss ${alert.is} ${alert.threshold}. More: <code>${runbookOf(alert)}</code></p>
  </li>`;
}

/** As Markdown has it, of which the alerts' texts use nothing else. */
function withCode(text: string): readonly (Html | string)[] {
  return text.split('`').map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part));
}

function ofText({ alert, of, value, since }: Alarm, now: number): string {
  // Of what is there or not, the value says nothing.
  const says = !Number.isNaN(value) && !(alert.is === 'below' && alert.threshold === 1);
  const unit = alert.measure.startsWith('seconds') ? ' s' : '';
  const measured = says ? `${of && ': '}${short(value)}${unit}` : '';
  const time = `since ${hour(since, now)} (${ago(since, now)})`;
  return of + measured === '' ? time : `${of}${measured}, ${time}`;
}
