/** Milliseconds of a clock that all processes of a machine share and that nobody sets: theirs may be taken from ours. */
export function sharedNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}

/** What to add to a wall clock's milliseconds for ours; good to about one of them. */
export function wallOffset(): number {
  return sharedNow() - (performance.timeOrigin + performance.now());
}
