import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setInterval } from 'node:timers';
import { describe } from '../../shared/errors/surfaces-error.ts';
import { exitCodeOf } from '../../shared/runtime/role.ts';
import type { Keeper, KeeperEvent } from '../../shared/stack/keeper.ts';
import { KeptFile } from '../../shared/stack/kept.ts';
import { clearLeftovers } from '../../shared/stack/leftovers.ts';
import { rotateLog } from '../../shared/stack/log-file.ts';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';
import { rolesOfBuild } from '../../shared/stack/roles-of-build.ts';
import { removeStack, type Stack, writeStack } from '../../shared/stack/stack-file.ts';
import { makeHome, type StackHome } from '../../shared/stack/stack-home.ts';
import { readWanted, signSupervisor, tellEvent } from '../../shared/stack/supervisor-file.ts';
import { migrate } from '../../shared/store/migrate.ts';
import { agentProblem } from './agent-problem.ts';
import { bringHomeserver } from './homeserver.ts';
import { RolesKeeper } from './roles-keeper.ts';
import { agentOf, agentsDirOf, bringPostgres, bringRedis, type Setting } from './surroundings.ts';
import { untilAnswers } from './until-answers.ts';

const ROLES_READY_MS = 60_000;
const ROTATE_EVERY_MS = 60_000;

/**
 * One stack: the embedded servers and the roles as child processes, kept running until it is stopped. What happens is
 * told as events (run/events.jsonl); `stack.json` is kept true.
 */
export class Supervisor {
  readonly #home: StackHome;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #stopping = new AbortController();
  readonly #servers: Keeper[] = [];
  #roles: RolesKeeper | undefined;
  #stack: Omit<Stack, 'roles' | 'ops'> | undefined;
  #ops: { user: string; password: string } | undefined;
  #scaling: Promise<void> = Promise.resolve();

  constructor(home: StackHome, environment: NodeJS.ProcessEnv) {
    this.#home = home;
    this.#environment = environment;
  }

  /** @throws whatever keeps a part from coming up; what did come up is stopped by `stop`. */
  async start(): Promise<void> {
    const home = this.#home;
    makeHome(home);
    writeFileSync(home.events, '', { mode: 0o600 });
    signSupervisor(home);
    const left = await clearLeftovers(home);
    if (left.length > 0) this.#say('leftovers', `ended what an interrupted run had left: ${left.join(', ')}`);
    const kept = new KeptFile(home);
    // One part that cannot come up ends the waiting for the others.
    const failing = new AbortController();
    const setting: Setting = {
      home,
      kept,
      environment: this.#environment,
      onEvent: (event) => this.#onEvent(event),
      say: (name, detail) => tellEvent(home, { name, state: 'working', detail }),
      done: (name, detail) => tellEvent(home, { name, state: 'ready', detail }),
      warn: (name, detail) => this.#warn(name, detail),
      signal: AbortSignal.any([this.#stopping.signal, failing.signal]),
    };
    const namespace = this.#environment.SURFACES_NAMESPACE || 'surfaces';
    const [database, redis, matrix, agent] = await allOf(
      failing,
      bringPostgres(setting).then(async (found) => {
        this.#own(found.keeper);
        await this.#step('migrations', async () => {
          const { applied } = await untilAnswers(
            'migrations',
            () => migrate(found.values.url, namespace, () => {}),
            setting,
          );
          if (applied.length === 0) return 'up to date';
          return applied.length === 1 ? '1 migration applied' : `${applied.length} migrations applied`;
        });
        return found;
      }),
      bringRedis(setting).then((found) => this.#own(found.keeper, found)),
      bringHomeserver(setting).then((found) => this.#own(found.keeper, found)),
      agentOf(setting),
    );
    const agentsDir = agentsDirOf(setting);
    this.#ops = {
      user: this.#environment.OPS_USER || 'operator',
      password: this.#environment.OPS_PASSWORD || kept.secret('ops'),
    };
    this.#stack = {
      homeserver: matrix.values.homeserver,
      bot: { user_id: matrix.values.bot.user_id },
      people: matrix.values.people,
      database_url: database.values.url,
      redis_url: redis.values.url,
      agents_dir: agentsDir,
      agent: { url: agent.url, token: agent.token },
    };
    this.#roles = new RolesKeeper({
      home,
      kept,
      roles: rolesOfBuild().filter((role) => role !== 'agent-host' || agent.own),
      environment: {
        ...this.#environment,
        // Stripped sources are kept, first by the install: half a second and 20 MB less for each process.
        // One arena of malloc: Node's threads would each keep some MB of their own. Its thresholds stand still at what they begin
        // with: else they grow with what the start frees, and 3 to 6 MB stay in the heap.
        MALLOC_ARENA_MAX: '1',
        MALLOC_MMAP_THRESHOLD_: '131072',
        MALLOC_TRIM_THRESHOLD_: '131072',
        NODE_COMPILE_CACHE: join(PROJECT_ROOT, 'node_modules/.cache/surfaces'),
        DATABASE_URL: database.values.url,
        REDIS_URL: redis.values.url,
        MATRIX_HOMESERVER_URL: matrix.values.homeserver.url,
        MATRIX_ACCESS_TOKEN: matrix.values.bot.access_token,
        AGENT_URL: agent.url,
        AGENT_TOKEN: agent.token,
        AGENTS_DIR: agentsDir,
        OPS_USER: this.#ops.user,
        OPS_PASSWORD: this.#ops.password,
      },
      onEvent: (event) => this.#onEvent(event),
    });
    await this.#roles.scale(readWanted(home).scale);
    await this.#roles.whenReady(ROLES_READY_MS, this.#stopping.signal);
    this.#write();
    setInterval(() => this.#rotate(), ROTATE_EVERY_MS).unref();
    if (!agent.own) await this.#lookAtAgent(agent);
    tellEvent(home, { name: 'stack', state: 'up' });
  }

  /** Nothing depends on an agent that is away: messages wait for it. Whoever brings the stack up should know all the same. */
  async #lookAtAgent(agent: { readonly url: string; readonly token: string }): Promise<void> {
    const problem = await agentProblem(agent);
    if (problem)
      this.#warn(
        'agent',
        `the agent host does not answer: ${problem}\n    Messages wait for it, and people are told. Check AGENT_URL and AGENT_TOKEN, then the host's log.`,
      );
  }

  /** `up --scale` on a running stack. One that is asked for while another is under way comes after it. */
  rescale(): Promise<void> {
    this.#scaling = this.#scaling.then(() => this.#rescale()).catch((error) => this.fail(error));
    return this.#scaling;
  }

  async #rescale(): Promise<void> {
    if (!this.#roles || this.#stopping.signal.aborted) return;
    await this.#roles.scale(readWanted(this.#home).scale);
    try {
      await this.#roles.whenReady(ROLES_READY_MS, this.#stopping.signal);
      tellEvent(this.#home, { name: 'stack', state: 'up' });
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.fail(error);
    }
    this.#write();
  }

  fail(error: unknown): void {
    tellEvent(this.#home, { name: 'stack', state: 'failed', detail: describe(error), exit: exitCodeOf(error) });
  }

  /** While it is being stopped: the roles end at once, the servers as they do. */
  hurry(): void {
    this.#roles?.hurry();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the stack is being stopped'));
    await this.#roles?.stop();
    await Promise.all(this.#servers.map((keeper) => keeper.stop()));
    removeStack(this.#home);
    rmSync(join(this.#home.run, 'supervisor.json'), { force: true });
    tellEvent(this.#home, { name: 'stack', state: 'stopped' });
  }

  #own<T>(keeper: Keeper | undefined, found?: T): T {
    if (keeper) this.#servers.push(keeper);
    return found as T;
  }

  async #step(name: string, work: () => Promise<string>): Promise<void> {
    const began = Date.now();
    tellEvent(this.#home, { name, state: 'working' });
    const detail = await work();
    tellEvent(this.#home, { name, state: 'ready', detail, ms: Date.now() - began });
  }

  #say(name: string, detail: string): void {
    tellEvent(this.#home, { name, state: 'note', detail });
  }

  #warn(name: string, detail: string): void {
    tellEvent(this.#home, { name, state: 'warning', detail });
  }

  #onEvent(event: KeeperEvent): void {
    const state = event.state === 'starting' ? 'working' : event.state;
    tellEvent(this.#home, { ...event, state });
    this.#write();
  }

  #write(): void {
    const opsUrl = this.#roles?.urlOf('ops');
    if (!this.#stack || !this.#roles || this.#stopping.signal.aborted) return;
    const ops = opsUrl && this.#ops ? { ops: { url: opsUrl, ...this.#ops } } : {};
    writeStack(this.#home, { ...this.#stack, ...ops, roles: this.#roles.running() });
  }

  #rotate(): void {
    const logs = [...this.#servers.map(({ part }) => part.log), ...(this.#roles?.logs() ?? [])];
    for (const log of logs) rotateLog(log);
  }
}

/** Waits for all, also when one fails: what came up has to be known before it can be stopped. */
async function allOf<T extends readonly unknown[]>(
  failing: AbortController,
  ...work: { [Key in keyof T]: Promise<T[Key]> }
): Promise<T> {
  for (const each of work) each.catch((error) => failing.abort(error));
  const settled = await Promise.allSettled(work);
  if (failing.signal.aborted) throw failing.signal.reason;
  return settled.map((each) => (each as PromiseFulfilledResult<unknown>).value) as unknown as T;
}
