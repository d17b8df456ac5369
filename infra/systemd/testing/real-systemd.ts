import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT_ROOT } from '../../../shared/stack/project-root.ts';

const run = promisify(execFile);
const BOOT = new URL('boot.sh', import.meta.url).pathname;
const TARGETS = ['boot', 'sysinit', 'basic', 'shutdown', 'network-online', 'multi-user'].map(
  (name) => `${name}.target`,
);
const NAMESPACES = ['--pid', '--mount', '--cgroup', '--uts', '--ipc'];

/** Why no systemd can be booted here, or nothing. */
export function whyNot(): string | undefined {
  if (process.getuid?.() !== 0) return 'it takes root';
  if (!existsSync('/lib/systemd/systemd')) return 'there is no systemd';
  if (cgroups() === undefined) return 'there are no control groups of version 2';
  try {
    execFileSync('unshare', [...NAMESPACES, '--fork', 'mount', '--make-rprivate', '/'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'namespaces may not be made';
  }
}

/** A systemd that runs the project's units, beside the machine's own. */
export class RealSystemd {
  readonly #outer: ChildProcess;
  readonly #group: string;
  readonly #pid: number;

  private constructor(outer: ChildProcess, group: string, pid: number) {
    this.#outer = outer;
    this.#group = group;
    this.#pid = pid;
  }

  /** @param settings a folder that becomes /etc/surfaces. */
  static async boot(settings: string): Promise<RealSystemd> {
    const group = join(cgroups()!, `surfaces-test-${process.pid}`);
    mkdirSync(group);
    const unshare = [
      'unshare',
      ...NAMESPACES,
      '--mount-proc',
      '--fork',
      '--kill-child',
      'sh',
      BOOT,
      PROJECT_ROOT,
      settings,
    ];
    const command = `echo $$ > ${group}/cgroup.procs; exec "$@"`;
    const outer = spawn('sh', ['-c', command, 'sh', ...unshare, ...TARGETS], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [outer.stdout!, outer.stderr!]) {
      stream.on('data', (data) => {
        said += data;
      });
    }
    return new RealSystemd(outer, group, await pidOfSystemd(outer, () => said));
  }

  /** Runs a program beside the units. */
  async run(program: string, ...args: string[]): Promise<string> {
    const enter = ['--target', String(this.#pid), ...NAMESPACES, '--wd=/'];
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', container: 'surfaces-test', SYSTEMD_PAGER: '' };
    const { stdout } = await run('nsenter', [...enter, program, ...args], { env });
    return stdout;
  }

  async show(unit: string, ...properties: string[]): Promise<Record<string, string>> {
    const text = await this.run('systemctl', 'show', unit, ...properties.map((name) => `--property=${name}`));
    return Object.fromEntries(
      text
        .trim()
        .split('\n')
        .map((line) => line.split(/=(.*)/s)),
    );
  }

  /** A path of the units' world as this process sees it. */
  path(inside: string): string {
    return `/proc/${this.#pid}/root${inside}`;
  }

  /** What a role answers on its socket. */
  async ask(unit: string, path: string): Promise<{ status: number; body: string }> {
    const asked = request({ socketPath: this.path(`/run/surfaces/${unit}/http`), path }).end();
    const [answer] = await once(asked, 'response');
    let body = '';
    for await (const data of answer) body += data;
    return { status: answer.statusCode, body };
  }

  async stop(): Promise<void> {
    this.#outer.kill('SIGKILL');
    await once(this.#outer, 'close');
    // Its processes are gone when the kernel has buried them.
    while (!removed(this.#group)) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A group goes after those in it, and not as long as there is a process. */
function removed(group: string): boolean {
  try {
    for (const inner of globSync('**/', { cwd: group }).toSorted((a, b) => b.length - a.length))
      rmdirSync(join(group, inner));
    if (existsSync(group)) rmdirSync(group);
    return true;
  } catch {
    return false;
  }
}

/** Where control groups of version 2 are mounted. */
function cgroups(): string | undefined {
  return /^\S+ (\S+) cgroup2 /m.exec(readFileSync('/proc/self/mounts', 'utf8'))?.[1];
}

/** Once it is systemd: before that, its folders are those of this machine. */
async function pidOfSystemd(outer: ChildProcess, said: () => string): Promise<number> {
  while (outer.exitCode === null) {
    const [child] = readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8').split(' ').filter(Boolean);
    const ready = child && readFileSync(`/proc/${child}/comm`, 'utf8') === 'systemd\n';
    if (ready && existsSync(`/proc/${child}/root/run/systemd/private`)) return Number(child);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`systemd did not boot: ${said()}`);
}

/** A file of the settings, with the folders that it lies in. */
export function writeSetting(settings: string, path: string, text: string): void {
  mkdirSync(join(settings, path, '..'), { recursive: true });
  writeFileSync(join(settings, path), text, { mode: 0o600 });
}
