import type { StackEvent } from '../../shared/stack/supervisor-file.ts';

const NAMES: Readonly<Record<string, string>> = {
  postgres: 'Postgres',
  redis: 'Redis',
  synapse: 'Synapse',
  homeserver: 'Homeserver',
  migrations: 'Database',
  accounts: 'Accounts',
  agent: 'Agent',
};
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const TICK_MS = 100;

/**
 * The steps of a bring-up, a line for each, with its time. On a terminal one more line at the end says what is being
 * worked on, and how long already.
 */
export class Progress {
  readonly #out: NodeJS.WriteStream;
  readonly #live: boolean;
  readonly #working = new Map<string, { detail: string; since: number }>();
  readonly #up = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #frame = 0;
  #drawn = false;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    this.#live = Boolean(out.isTTY) && process.env.TERM !== 'dumb';
  }

  show({ name, state, detail, ms }: StackEvent): void {
    const title = NAMES[name] ?? name;
    switch (state) {
      case 'working':
        if (!this.#live && detail) this.#line('…', title, detail);
        this.#working.set(name, {
          detail: detail ?? this.#working.get(name)?.detail ?? '',
          since: this.#working.get(name)?.since ?? Date.now(),
        });
        break;
      case 'ready':
        this.#working.delete(name);
        this.#line(
          '✓',
          title,
          `${detail ?? (this.#up.has(name) ? 'ready again' : 'ready')}${ms === undefined ? '' : ` in ${(ms / 1000).toFixed(1)} s`}`,
        );
        this.#up.add(name);
        break;
      case 'ended':
        this.#line('!', title, `ended (${firstLine(detail)}), starting it again`);
        break;
      case 'backing-off':
        this.#line(
          '!',
          title,
          `ended five times within a minute; the next try is in ${Math.round((ms ?? 0) / 1000)} s. ${firstLine(detail)}`,
        );
        break;
      case 'needs-operator':
        this.#working.delete(name);
        this.#line('✗', title, `needs you: ${detail ?? ''}`);
        break;
      case 'failed':
        this.#working.clear();
        this.#line('✗', title, detail ?? 'failed');
        break;
      case 'warning':
        this.#line('!', title, detail ?? '');
        break;
      case 'note':
        this.note(detail ?? '');
        break;
      case 'stopped':
        this.#working.delete(name);
        this.#line('·', title, 'stopped');
        break;
      case 'up':
        this.#working.delete(name);
    }
    this.#draw();
  }

  note(text: string): void {
    this.#line('·', text, '');
  }

  warning(title: string, text: string): void {
    this.#line('!', title, text);
  }

  problem(text: string): void {
    this.#line('✗', text, '');
  }

  table(rows: readonly (readonly [string, string])[]): void {
    this.#out.write('\n');
    for (const [name, value] of rows) this.#out.write(`  ${name.padEnd(12)} ${value}\n`);
    this.#out.write('\n');
  }

  /** Takes the moving line away. */
  end(): void {
    this.#working.clear();
    this.#erase();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #line(mark: string, title: string, text: string): void {
    this.#erase();
    this.#out.write(`  ${mark} ${text ? title.padEnd(19) : title}${text ? ` ${text}` : ''}\n`);
    this.#draw();
  }

  #draw(): void {
    if (!this.#live || this.#working.size === 0) return;
    this.#timer ??= setInterval(() => this.#draw(), TICK_MS).unref();
    this.#erase();
    const [name, { detail, since }] = [...this.#working].toSorted(([, one], [, other]) => one.since - other.since)[0]!;
    const others = this.#working.size > 1 ? ` (and ${this.#working.size - 1} more)` : '';
    this.#frame = (this.#frame + 1) % SPINNER.length;
    const text = `${SPINNER[this.#frame]} ${(NAMES[name] ?? name).padEnd(19)} ${detail || 'starting'}${others}, ${Math.round((Date.now() - since) / 1000)} s`;
    this.#out.write(`  ${text.slice(0, Math.max(20, (this.#out.columns ?? 80) - 3))}`);
    this.#drawn = true;
  }

  #erase(): void {
    if (this.#drawn) this.#out.write('\r\u001b[2K');
    this.#drawn = false;
  }
}

function firstLine(text: string | undefined): string {
  return text?.split('\n')[0]?.slice(0, 160) ?? '';
}
