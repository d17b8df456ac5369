import { type Env, lookAtEnv } from '../../../shared/config/read-env.ts';
import type { Environment, VariableName } from '../../../shared/config/variables.ts';
import { describe } from '../../../shared/errors/surfaces-error.ts';
import { sleep } from '../../../shared/time/time.ts';
import type { Finding } from './finding.ts';

/** One subject. */
export type Check = {
  readonly name: string;
  /** Always comes back, and in time: what hangs or throws is a finding too. */
  readonly findings: (environment: Environment) => Promise<readonly Finding[]>;
};

export type Look<Name extends VariableName> = (env: Env<Name>, environment: Environment) => Promise<readonly Finding[]>;

const WITHIN_MS = 15_000;

/** @param needs without all of these it is not looked at. @param withinMs after which it is given up. */
export function check<Name extends VariableName>(
  name: string,
  needs: readonly Name[],
  look: Look<Name>,
  withinMs = WITHIN_MS,
): Check {
  const finding = (text: string, remedy?: string): Finding[] => [{ name, level: 'error', text, remedy }];
  return {
    name,
    async findings(environment) {
      const { values, problems } = lookAtEnv(environment, needs);
      if (problems.length > 0) {
        const names = problems.map(({ variable }) => variable).join(', ');
        const missing = problems.every((problem) => problem.missing);
        return finding(
          `not looked at: ${names} ${problems.length > 1 ? 'are' : 'is'} ${missing ? 'not set' : 'no use'}`,
          remedyFor(environment),
        );
      }
      const stop = new AbortController();
      const late = sleep(withinMs, stop.signal).then(() => {
        return finding(
          `did not answer within ${withinMs / 1000} s`,
          'something on the way hangs: a firewall, a proxy, a server without room',
        );
      });
      try {
        return await Promise.race([look(values as Env<Name>, environment), late]);
      } catch (error) {
        return finding(describe(error));
      } finally {
        stop.abort();
      }
    },
  };
}

function remedyFor({ SURFACES_ENV }: Environment): string {
  return SURFACES_ENV === 'production'
    ? 'set it (docs/CONFIGURATION.md)'
    : 'set it, or start a stack here, which brings its own: npm run up';
}
