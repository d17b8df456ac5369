import { Keeper, type KeeperEvent } from '../../shared/stack/keeper.ts';
import type { KeptFile } from '../../shared/stack/kept.ts';
import { oneIn } from '../../shared/stack/liveness.ts';
import type { RunningRole } from '../../shared/stack/stack-file.ts';
import type { StackHome } from '../../shared/stack/stack-home.ts';
import { nameOf, type RoleProcess, rolePart, urlOf } from './roles.ts';

type Kept = { readonly process: RoleProcess; readonly keeper: Keeper };

export type RolesKeeperOptions = {
  readonly home: StackHome;
  readonly kept: KeptFile;
  readonly roles: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Called whenever what `running` says may have changed. */
  readonly onEvent: (event: KeeperEvent) => void;
};

/** Roles that a machine without memory makes silent together are not all killed and started again, which takes more of it. */
const KILL_ONE_IN_MS = 60_000;

/** Keeps every process of every role running, as many of each as wanted. */
export class RolesKeeper {
  readonly #options: RolesKeeperOptions;
  readonly #kept = new Map<string, Kept>();
  readonly #mayEnd = oneIn(KILL_ONE_IN_MS);
  #isStopping = false;

  constructor(options: RolesKeeperOptions) {
    this.#options = options;
  }

  /**
   * Starts what is missing and stops what is too many, which is listed until it has ended. Roles that are not named in
   * `scale` run once. Not to be called before an earlier call is over.
   */
  async scale(scale: Readonly<Record<string, number>>): Promise<void> {
    const { home, kept, environment, onEvent, roles } = this.#options;
    const wanted = roles.flatMap((role) =>
      Array.from({ length: scale[role] ?? 1 }, (_, at) => ({ role, index: at + 1 })),
    );
    const names = new Set(wanted.map(nameOf));
    const tooMany = [...this.#kept].filter(([name]) => !names.has(name));
    for (const { role, index } of wanted) {
      const name = nameOf({ role, index });
      if (this.#kept.has(name)) continue;
      const choosePort = () => kept.port(name);
      const process = { role, index, port: await choosePort() };
      if (this.#isStopping) return;
      const keeper = new Keeper(
        rolePart(process, { home, environment, choosePort, mayEnd: this.#mayEnd }),
        home.run,
        onEvent,
      );
      this.#kept.set(name, { process, keeper });
      keeper.start();
    }
    await Promise.all(
      tooMany.map(async ([name, { keeper }]) => {
        await keeper.stop();
        this.#kept.delete(name);
      }),
    );
  }

  running(): RunningRole[] {
    return [...this.#kept.values()].flatMap(({ process, keeper }) =>
      keeper.pid === undefined
        ? []
        : [{ role: process.role, index: process.index, pid: keeper.pid, url: urlOf(process) }],
    );
  }

  logs(): string[] {
    return [...this.#kept.values()].map(({ keeper }) => keeper.part.log);
  }

  urlOf(role: string): string | undefined {
    const found = this.#kept.get(nameOf({ role, index: 1 }));
    return found && urlOf(found.process);
  }

  /** @throws SurfacesError `bringup_failed` with the first role that is not ready in time, and why. */
  async whenReady(withinMs: number, signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#kept.values()].map(({ keeper }) => keeper.whenReady(withinMs, signal)));
  }

  /** While they are being stopped: ends them at once. */
  hurry(): void {
    for (const { keeper } of this.#kept.values()) keeper.hurry();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all([...this.#kept.values()].map(({ keeper }) => keeper.stop()));
  }
}
