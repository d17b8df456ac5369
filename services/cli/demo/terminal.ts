/** Where the demo speaks: a terminal that can be redrawn, or a plain stream (a pipe, a log of CI). */
export type Terminal = {
  readonly interactive: boolean;
  readonly columns: () => number;
  readonly rows: () => number;
  readonly write: (text: string) => void;
  readonly style: Style;
};

export type Style = Record<'bold' | 'dim' | 'green' | 'cyan' | 'yellow' | 'red', (text: string) => string>;

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  green: [32, 39],
  cyan: [36, 39],
  yellow: [33, 39],
  red: [31, 39],
} as const;

/** Lines longer than this are tiring to read, however wide the window is. */
const MOST_COLUMNS = 100;

export function openTerminal(output: NodeJS.WriteStream, input: NodeJS.ReadStream): Terminal {
  const interactive = Boolean(output.isTTY && input.isTTY);
  return {
    interactive,
    columns: () => Math.max(40, Math.min(output.columns ?? MOST_COLUMNS, MOST_COLUMNS)),
    rows: () => output.rows ?? 24,
    write: (text) => output.write(text),
    style: styleWith(hasColours(output)),
  };
}

/** Whether what reads the output shows colours, and its owner wants them. */
export function hasColours(output: NodeJS.WriteStream): boolean {
  return Boolean(output.isTTY) && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

export function styleWith(colours: boolean): Style {
  const style = {} as Style;
  for (const [name, [on, off]] of Object.entries(CODES)) {
    style[name as keyof Style] = (text) => (colours && text !== '' ? `\x1b[${on}m${text}\x1b[${off}m` : text);
  }
  return style;
}

/** `0.09 s`, `1.4 s`, `12 s`: as many digits as mean something. */
export function seconds(ms: number): string {
  const value = ms / 1000;
  return `${value.toFixed(value < 1 ? 2 : value < 10 ? 1 : 0)} s`;
}
