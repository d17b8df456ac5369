/** `40 s`, `3 min`, `2 h`, `5 days`: as much as one wants to know of a time, of milliseconds. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

/** The same, of a time that has passed. */
export function ago(at: Date, now: number): string {
  const ms = now - at.getTime();
  return ms < 1_500 ? 'just now' : `${span(ms)} ago`;
}

/** `27 Nov 14:03:05 UTC`: to be found in a log. */
export function clock(at: Date): string {
  const [, day, month, , time] = at.toUTCString().split(' ');
  return `${day} ${month} ${time} UTC`;
}
