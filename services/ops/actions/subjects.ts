/** What a subject may be, before anything is asked of the record. */
export function isRoom(subject: string): boolean {
  return subject.startsWith('!') && subject.length <= 255;
}

export function isEvent(subject: string): boolean {
  return subject.startsWith('$') && subject.length <= 255;
}

/** A lane’s name: `room/!…`, `person/@…`. The longest is a flood’s, which has two ids. */
export function isLane(subject: string): boolean {
  return /^(room|control|files|person|flood)\/./.test(subject) && subject.length <= 600;
}

/** The room that a lane is of, where it is one’s. */
export function roomOfLane(lane: string): string | undefined {
  return /^(?:room|control|files)\/(!.*)$/.exec(lane)?.[1];
}
