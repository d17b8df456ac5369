import { span as longSpan } from '../../../shared/time/ago.ts';
import { number } from '../page/words.ts';

/** A time as one takes it in at a glance; `undefined` is not known. */
export function span(seconds: number | undefined): string {
  if (seconds === undefined) return '—';
  if (seconds < 0.05) return '0 s';
  return seconds < 9.95 ? `${seconds.toFixed(1)} s` : longSpan(seconds * 1000);
}

/** How long ago, as coarse as a page may be that is looked at for long. */
export function ago(ms: number, now: number): string {
  return now - ms < 60_000 ? 'less than a minute' : longSpan(now - ms);
}

export function count(value: number | undefined): string {
  return value === undefined ? '—' : number(Math.round(value));
}

export function percent(share: number | undefined): string {
  return share === undefined ? '—' : `${Math.round(share * 100)} %`;
}

export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

/** A number of any size, short. */
export function short(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'never';
  return value >= 100 ? count(value) : String(Number(value.toFixed(value < 10 ? 2 : 1)));
}

/** The hour and minute in UTC, which is the same for whoever talks about it; with the day where it was another one. */
export function hour(ms: number, now = ms): string {
  const [day, time] = new Date(ms).toISOString().split('T') as [string, string];
  return `${new Date(now).toISOString().startsWith(day) ? '' : `${day} `}${time.slice(0, 5)} UTC`;
}

/** `internal 3, agent_error 1`: the most first. */
export function listed(counts: Readonly<Record<string, number>>, most = 3): string {
  const sorted = Object.entries(counts)
    .filter(([, value]) => value > 0)
    .sort(([, one], [, other]) => other - one);
  const shown = sorted.slice(0, most).map(([name, value]) => `${name} ${count(value)}`);
  return [...shown, ...(sorted.length > most ? ['…'] : [])].join(', ');
}
