/** In the zone of the machine, when most people who live in it sleep; not on the hour, when everybody's jobs run. */
const HOUR = 3;
const MINUTE = 17;

/** The last time before `now` at which a nightly job was due. */
export function lastNight(now: Date): Date {
  const tonight = new Date(now);
  tonight.setHours(HOUR, MINUTE, 0, 0);
  if (tonight > now) tonight.setDate(tonight.getDate() - 1);
  return tonight;
}
