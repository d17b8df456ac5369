import { request } from 'node:http';
import type { AgentConnection } from '../shared/agent-protocol/client.ts';
import { sharedNow } from './bench-agents-clock.ts';
import { HostProcess, type ModelProcess } from './bench-agents-processes.ts';
import { askHost } from './bench-agents-turn.ts';
import type { Figure } from './figures.ts';
import { percentile } from './percentile.ts';

/** A model that is asked, thinks for a moment, and says 12 tokens at 50 a second. */
const QUESTION = { count: 12, pace: 20, first: 20 };
const WARM_UP = 5;

type Heard = {
  /** Written by the model → here, in ms. */
  readonly first: number;
  readonly middle: readonly number[];
  /** Asked here → the request is at the model, in ms. */
  readonly asked: number;
};

/**
 * What host and protocol add between a model's token and the worker that shows it: turns one after the other, each beside
 * one that asks the same server without anything in between.
 */
export async function benchLatency(model: ModelProcess, turns: number): Promise<Figure[]> {
  const host = await HostProcess.start({ baseUrl: model.baseUrl });
  const ours: Heard[] = [];
  const bare: Heard[] = [];
  try {
    const connection = host.connect();
    for (let turn = 0; turn < WARM_UP + turns; turn++) {
      const heard = [await throughHost(connection), await directly(model.baseUrl)] as const;
      if (turn < WARM_UP) continue;
      ours.push(heard[0]);
      bare.push(heard[1]);
    }
  } finally {
    await host.stop();
  }
  const group = `Agent host: a model's token → worker, ${turns} turns one after another`;
  const of = (heard: readonly Heard[], what: (one: Heard) => number | readonly number[], share: number) =>
    percentile(heard.flatMap(what), share);
  const first = (one: Heard) => one.first;
  const middle = (one: Heard) => one.middle;
  const over = of(ours, first, 0.5) - of(bare, first, 0.5);
  return [
    { group, name: 'first token p50', value: of(ours, first, 0.5), unit: 'ms' },
    { group, name: 'first token p95', value: of(ours, first, 0.95), unit: 'ms' },
    { group, name: 'first token p50, read directly', value: of(bare, first, 0.5), unit: 'ms' },
    { group, name: 'first token p95, read directly', value: of(bare, first, 0.95), unit: 'ms' },
    { group, name: 'first token p50, over reading directly', value: over, unit: 'ms', limit: { most: 3 } },
    {
      group,
      name: 'first token p50, beside reading directly',
      value: of(ours, first, 0.5) / of(bare, first, 0.5),
      unit: '×',
    },
    // Deltas that follow each other are put together for 200 ms: see `DeltaBuffer`.
    { group, name: 'later tokens p50, held back for up to 200 ms', value: of(ours, middle, 0.5), unit: 'ms' },
    { group, name: 'later tokens p95', value: of(ours, middle, 0.95), unit: 'ms', limit: { most: 210 } },
    { group, name: 'later tokens p95, read directly', value: of(bare, middle, 0.95), unit: 'ms' },
    {
      group,
      name: 'a turn is asked for → the model is asked, p50',
      value: of(ours, (one) => one.asked, 0.5),
      unit: 'ms',
    },
    { group, name: 'the same directly, p50', value: of(bare, (one) => one.asked, 0.5), unit: 'ms' },
  ];
}

async function throughHost(connection: AgentConnection): Promise<Heard> {
  const began = sharedNow();
  const ear = new Ear(began);
  for await (const event of askHost(connection, QUESTION)) if (event.type === 'message.delta') ear.hear(event.text);
  return ear.heard();
}

function directly(baseUrl: string): Promise<Heard> {
  const ear = new Ear(sharedNow());
  const content = Object.entries(QUESTION)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
  return new Promise((resolve, reject) => {
    const sent = request(`${baseUrl}/chat/completions`, { method: 'POST' }, (response) => {
      response.setEncoding('utf8');
      response.on('data', (text: string) => ear.hear(text));
      response.on('end', () => resolve(ear.heard()));
    });
    sent.once('error', reject).end(JSON.stringify({ stream: true, messages: [{ role: 'user', content }] }));
  });
}

/** Reads the model's stamps out of whatever text they come in. */
class Ear {
  readonly #began: number;
  readonly #lags: number[] = [];
  #asked = Number.NaN;

  constructor(began: number) {
    this.#began = began;
  }

  hear(text: string): void {
    const now = sharedNow();
    for (const [, asked, written] of text.matchAll(/([\d.]+)\/([\d.]+) /g)) {
      if (this.#lags.length === 0) this.#asked = Number(asked) - this.#began;
      this.#lags.push(now - Number(written));
    }
  }

  heard(): Heard {
    if (this.#lags.length !== QUESTION.count)
      throw new Error(`${this.#lags.length} tokens came, not ${QUESTION.count}`);
    return { first: this.#lags[0]!, middle: this.#lags.slice(1), asked: this.#asked };
  }
}
