import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../shared/runtime/free-port.ts';
import { PROJECT_ROOT } from '../shared/stack/project-root.ts';
import { untilTrue } from './until-true.ts';

export type Sample = { readonly metric: Readonly<Record<string, string>>; readonly value: number };
type RuleGroups = { groups: { rules: { name: string; health: string; state?: string; lastError?: string }[] }[] };

/** A real Prometheus with the project's own configuration and rules, only that it looks every second. */
export class Prometheus {
  readonly #folder = mkdtempSync(join(tmpdir(), 'surfaces-prometheus-'));
  #url = '';
  #child: ChildProcess | undefined;

  /** @param targets what `infra/prometheus/targets.ts` prints. */
  async start(targets: string): Promise<void> {
    const from = join(PROJECT_ROOT, 'infra/prometheus');
    for (const rules of ['surfaces.rules.yml', 'surfaces.alerts.yml'])
      copyFileSync(join(from, rules), join(this.#folder, rules));
    writeFileSync(join(this.#folder, 'targets.json'), targets);
    const example = readFileSync(join(from, 'prometheus.yml'), 'utf8');
    const config = join(this.#folder, 'prometheus.yml');
    writeFileSync(config, example.replaceAll(': 15s', ': 1s').replace('../../.surfaces/targets.json', 'targets.json'));
    const port = await freePort();
    const listens = `--web.listen-address=127.0.0.1:${port}`;
    const data = `--storage.tsdb.path=${join(this.#folder, 'data')}`;
    this.#child = spawn('prometheus', [`--config.file=${config}`, data, listens, '--log.level=error'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.#url = `http://127.0.0.1:${port}`;
    await untilTrue('Prometheus to be ready', async () => (await fetch(`${this.#url}/-/ready`)).ok);
  }

  async query(expr: string): Promise<Sample[]> {
    const data = await this.#ask<{ result: { metric: Record<string, string>; value: [number, string] }[] }>(
      `query?${new URLSearchParams({ query: expr })}`,
    );
    return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  async rules(): Promise<RuleGroups['groups'][number]['rules']> {
    return (await this.#ask<RuleGroups>('rules')).groups.flatMap(({ rules }) => rules);
  }

  async end(): Promise<void> {
    if (this.#child && this.#child.exitCode === null) {
      const gone = once(this.#child, 'exit');
      this.#child.kill();
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #ask<T>(path: string): Promise<T> {
    const answer = (await (await fetch(`${this.#url}/api/v1/${path}`)).json()) as { data?: T; error?: string };
    if (answer.data === undefined) throw new Error(`${path}: ${answer.error}`);
    return answer.data;
  }
}
