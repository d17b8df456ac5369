import type { Frame, Passed } from './frame.ts';
import type { RawClient } from './raw-client.ts';

const BEFORE = 9;
const AFTER = 4;
const LINE = 220;

/** What is told of a client. */
type Talk = Pick<RawClient, 'passed' | 'closed'>;
type Line = { readonly at: number; readonly who: string; readonly passed: Passed };

/**
 * What passed around a frame, or at the end where none is given: at most 14 lines, a long row of deltas as one. `A` is the
 * first connection of the trial, `→` what it sent, `←` what it got; the times are from the first line's on.
 */
export function excerpt(clients: readonly Talk[], around?: Frame): string[] {
  const lines = clients
    .flatMap((client, index) => client.passed.map((passed) => ({ at: passed.at, who: nameOf(index), passed })))
    .sort((one, other) => one.at - other.at);
  const shown = withoutRows(lines, around);
  const mark = shown.findIndex(({ passed }) => isFrame(passed, around));
  const end = mark < 0 ? shown.length : Math.min(shown.length, mark + AFTER + 1);
  const first = Math.max(0, end - BEFORE - AFTER - 1);
  const part = shown.slice(first, end);
  const zero = lines[0]?.at ?? 0;
  const told = part.map((line, at) => describe(line, line.at - zero, at + first === mark));
  return [
    ...(first > 0 ? [`  … ${first} earlier`] : []),
    ...told,
    ...clients.flatMap(({ closed }, index) =>
      closed && mark < 0 && clients.length < 5
        ? [`  ${nameOf(index)} was closed with ${closed.code} ${closed.reason}`]
        : [],
    ),
  ];
}

/** Deltas between two others of the same connection say nothing that one looks for. */
function withoutRows(lines: readonly Line[], around: Frame | undefined): Line[] {
  const isDull = (line: Line | undefined, beside: Line) =>
    line?.who === beside.who && line.passed.from === 'host' && line.passed.frame.type === 'message.delta';
  return lines.filter(
    (line, at) =>
      isFrame(line.passed, around) ||
      !(isDull(line, line) && isDull(lines[at - 1], line) && isDull(lines[at + 1], line)),
  );
}

function isFrame(passed: Passed, frame: Frame | undefined): boolean {
  return passed.from === 'host' && passed.frame === frame;
}

function describe({ who, passed }: Line, ms: number, marked: boolean): string {
  const arrow = passed.from === 'host' ? '←' : '→';
  return `${marked ? '▶' : ' '} ${(ms / 1000).toFixed(3).padStart(7)} s  ${who} ${arrow} ${textOf(passed)}`;
}

function textOf(passed: Passed): string {
  const value = passed.from === 'host' ? passed.frame : passed.sent;
  if (Buffer.isBuffer(value)) return `${value.length} bytes, binary`;
  const text = typeof value === 'string' ? value : JSON.stringify(value, shorter);
  return text.length > LINE ? `${text.slice(0, LINE)}… (${text.length} characters)` : text;
}

/** A text of a megabyte is not made longer by escaping it first. */
function shorter(_: string, value: unknown): unknown {
  return typeof value === 'string' && value.length > LINE ? `${value.slice(0, LINE)}…` : value;
}

function nameOf(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : `#${index + 1}`;
}
