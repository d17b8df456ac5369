/** One message of the answer. Times are of `performance.now()`. */
export type Part = {
  readonly op: string;
  readonly number: number;
  reserved: boolean;
  /** Its first words may have gone out; their answer, with the id, is another matter. */
  left: boolean;
  id: string | null;
  ageMs: number;
  edits: number;
  editsReserved: number;
  openedAt: number;
  sentAt: number;
  /** The draft that stands in the chat. */
  sent: string | null;
  /** It has its final text. */
  closed: boolean;
};

/** A message that has not been begun. */
export function newPart(op: string, number: number): Part {
  return {
    op,
    number,
    reserved: false,
    left: false,
    id: null,
    ageMs: 0,
    edits: 0,
    editsReserved: 0,
    openedAt: 0,
    sentAt: 0,
    sent: null,
    closed: false,
  };
}

/** Tells one draft from another: its text and the line about what the agent does. */
export function draftKey(text: string, status: string | null): string {
  return `${text}\u0000${status ?? ''}`;
}
