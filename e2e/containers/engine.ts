import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { PROJECT_ROOT } from '../../shared/stack/project-root.ts';

const run = promisify(execFile);
const MUCH_OUTPUT = 64 * 1024 * 1024;

/** Both versions of Compose, by the command that calls them. */
export const COMPOSE_V2 = ['docker', 'compose'] as const;
export const COMPOSE_V1 = ['docker-compose'] as const;
export type Compose = typeof COMPOSE_V1 | typeof COMPOSE_V2;

/** CI says so where an engine has to be: its absence is then no reason to skip, but a failure. */
export const ENGINE_IS_A_MUST = Boolean(process.env.SURFACES_TEST_CONTAINERS || process.env.CI);

/** Why these tests cannot run here, or nothing. Nothing is installed or started for them: infra/docker/engine.sh does that. */
export function whyNot(compose: Compose): string | undefined {
  const engine = says('docker', ['version', '--format', '{{.Server.Version}}']);
  return engine ? whyNoCompose(compose) : 'no container engine answers; infra/docker/engine.sh start';
}

/** The same for what only reads files. */
export function whyNoCompose(compose: Compose): string | undefined {
  const [program, ...first] = compose;
  const version = says(program, [...first, 'version', '--short'])?.replace(/^v/, '');
  const wanted = compose === COMPOSE_V1 ? '1.' : '2.';
  return version?.startsWith(wanted) ? undefined : `there is no Compose ${wanted}x`;
}

function says(program: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 20_000 });
  } catch {
    return undefined;
  }
}

/** Runs a program in the project's folder. @throws with what it said when it fails. */
export async function call(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  try {
    const options = { cwd: PROJECT_ROOT, env: { ...process.env, ...env }, maxBuffer: MUCH_OUTPUT };
    return (await run(program, [...args], options)).stdout;
  } catch (error) {
    const { stderr = '', stdout = '' } = error as { stderr?: string; stdout?: string };
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout.slice(-2_000)}\n${stderr.slice(-4_000)}`);
  }
}

/** What the engine knows of a container, as far as it is looked at. */
export type Container = {
  readonly Id: string;
  readonly Name: string;
  readonly RestartCount: number;
  readonly State: { Status: string; Pid: number; ExitCode: number; OOMKilled: boolean };
  readonly Config: { Image: string; User: string; Labels: Record<string, string>; Env: string[] };
  readonly HostConfig: { ReadonlyRootfs: boolean; Memory: number };
  readonly NetworkSettings: { Networks: Record<string, { IPAddress: string; Aliases: string[] | null }> };
};

/** The containers of a Compose project, those that have ended too. */
export async function containersOf(project: string): Promise<Container[]> {
  const filter = `label=com.docker.compose.project=${project}`;
  const ids = (await call('docker', ['ps', '--all', '--quiet', '--no-trunc', '--filter', filter])).split('\n');
  return ids[0] ? (JSON.parse(await call('docker', ['inspect', ...ids.filter(Boolean)])) as Container[]) : [];
}

/** Takes out of a Compose project's networks what is still in them. @returns the names of the networks that it still has. */
export async function emptyNetworks(project: string): Promise<string[]> {
  const filter = `label=com.docker.compose.project=${project}`;
  const list = await call('docker', ['network', 'ls', '--format', '{{.Name}}', '--filter', filter]);
  const networks = list.split('\n').filter(Boolean);
  for (const network of networks) {
    const format = '{{range .Containers}}{{println .Name}}{{end}}';
    const left = await call('docker', ['network', 'inspect', '--format', format, network]);
    for (const name of left.split('\n').filter(Boolean))
      await call('docker', ['network', 'disconnect', '--force', network, name]);
  }
  return networks;
}

export function serviceOf({ Config }: Container): string {
  return Config.Labels['com.docker.compose.service'] ?? '';
}
