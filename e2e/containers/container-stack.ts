import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inviteBot } from '../../services/cli/demo/person/onboarding.ts';
import { freePort } from '../../shared/runtime/free-port.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import type { Stack } from '../../shared/stack/stack-file.ts';
import { sleep } from '../../shared/time/time.ts';
import { newPerson } from '../people.ts';
import { Resident } from '../test-stack.ts';
import { untilTrue } from '../until-true.ts';
import { type Compose, call, containersOf, emptyNetworks } from './engine.ts';
import { runningRoles, writeStackHome } from './stack-home.ts';

const FILE = 'docker-compose.fullstack.yml';
const READY_MS = 120_000;
const INVITED_MS = 60_000;

/** What an operator has of a release: the name of its image, and the tree with its compose file. */
export type Release = { readonly image: string; readonly tree: string };

/** The whole staging system under a name of its own, and on ports of its own. */
export class ContainerStack {
  readonly project: string;
  readonly #compose: Compose;
  readonly #over: readonly string[];
  readonly #home = mkdtempSync(join(tmpdir(), 'surfaces-containers-'));
  readonly #people: Resident['person'][] = [];
  #env: Record<string, string> = {};
  /** What commands are about from now on; without one, this checkout and its image. */
  release: Release | undefined;
  stack!: Stack;

  /** @param over compose files that are laid over it. */
  constructor(compose: Compose, over: readonly string[] = []) {
    this.#compose = compose;
    this.#over = over;
    this.project = `surfaces-test-${process.pid}-v${compose.length}`;
  }

  /** @returns when all of the roles are ready. */
  async up(...options: string[]): Promise<this> {
    const [synapse, ops, prometheus] = [await freePort(), await freePort(), await freePort()].map(String) as string[];
    this.#env = {
      SYNAPSE_PORT: synapse!,
      OPS_PORT: ops!,
      PROMETHEUS_PORT: prometheus!,
      SURFACES_LIMIT_TURNS_PER_MINUTE: '600',
    };
    // The image is there: to build it is not for `up`, which would do it once for each service.
    await this.compose('up', '--detach', '--no-build', ...options);
    await this.untilReady();
    this.stack = await writeStackHome(this.project, this.#home);
    return this;
  }

  async untilReady(): Promise<void> {
    await untilTrue('every role to be ready', () => this.#allReady(), READY_MS);
  }

  get prometheus(): string {
    return `http://127.0.0.1:${this.#env.PROMETHEUS_PORT}`;
  }

  compose(...args: string[]): Promise<string> {
    const [program, ...first] = this.#compose;
    const { tree = PROJECT_ROOT, image } = this.release ?? {};
    const files = [join(tree, FILE), ...this.#over].flatMap((file) => ['-f', file]);
    const env = { ...this.#env, ...(image && { SURFACES_IMAGE: image }) };
    return call(program, [...first, '--project-name', this.project, ...files, ...args], env);
  }

  containers(): ReturnType<typeof containersOf> {
    return containersOf(this.project);
  }

  /** Asked anew each time: a container that was started again may have another address. */
  async #allReady(): Promise<boolean> {
    for (const { role, index, url } of await runningRoles(this.project)) {
      const answer = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
      if (!answer?.ok) throw new Error(`${role} ${index}: ${(await answer?.text()) ?? 'no answer'}`);
    }
    return true;
  }

  /** Somebody new in their first room. */
  async atHome(name = 'ann'): Promise<Resident> {
    const { homeserver, bot } = this.stack;
    const person = await newPerson(homeserver, name);
    this.#people.push(person);
    return new Resident(person, bot.user_id, await inviteBot(person, bot.user_id, undefined, INVITED_MS));
  }

  async end(): Promise<void> {
    await Promise.all(this.#people.map((person) => person.stop()));
    await this.#down();
    rmSync(this.#home, { recursive: true, force: true });
  }

  /**
   * An engine that is to stop a container in the moment in which it starts it again may go on counting an endpoint that is not
   * there any more. Nothing but the engine's end removes such a network, of which all else is removed by then.
   */
  async #down(tries = 5): Promise<void> {
    try {
      await this.compose('down', '--volumes', '--remove-orphans', '--timeout', '10');
    } catch (error) {
      if (!String(error).includes('has active endpoints')) throw error;
      const networks = await emptyNetworks(this.project);
      if ((await this.containers()).length > 0) throw error;
      if (tries === 0) return console.log(`the engine keeps ${networks.join(', ')}, in which nothing is`);
      await sleep(1_000);
      await this.#down(tries - 1);
    }
  }
}
