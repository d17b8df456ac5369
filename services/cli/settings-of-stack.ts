import { readKept } from '../../shared/stack/kept.ts';
import { readStack } from '../../shared/stack/stack-file.ts';
import { stackHome } from '../../shared/stack/stack-home.ts';

/** The environment with what a running stack adds to it: a command then speaks of that stack, where nothing else is set. */
export function environmentOfStack(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const home = stackHome(environment);
  const stack = readStack(home);
  if (!stack) return environment;
  const token = readKept(home).secrets.token_surfaces;
  const ofStack = {
    DATABASE_URL: stack.database_url,
    REDIS_URL: stack.redis_url,
    MATRIX_HOMESERVER_URL: stack.homeserver.url,
    MATRIX_ACCESS_TOKEN: token,
    AGENT_URL: stack.agent.url,
    AGENT_TOKEN: stack.agent.token,
    AGENTS_DIR: stack.agents_dir,
    OPS_USER: stack.ops?.user,
    OPS_PASSWORD: stack.ops?.password,
  };
  const missing = Object.entries(ofStack).filter(([name]) => !environment[name] && !environment[`${name}_FILE`]);
  return { ...environment, ...Object.fromEntries(missing) };
}
