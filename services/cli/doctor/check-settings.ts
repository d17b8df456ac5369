import { problemsOfStack } from '../../../shared/config/read-env.ts';
import { unknownVariables } from '../../../shared/config/unknown-variables.ts';
import type { Environment } from '../../../shared/config/variables.ts';
import type { Finding } from './finding.ts';

/** What is wrong with the settings, and which variables nothing reads. */
export function settingFindings(environment: Environment): Finding[] {
  const wrong = problemsOfStack(environment).map(({ text }): Finding => ({ name: 'Settings', level: 'error', text }));
  const unknown = unknownVariables(environment).map((text): Finding => ({ name: 'Settings', level: 'warning', text }));
  if (wrong.length + unknown.length > 0) return [...wrong, ...unknown];
  const where = environment.SURFACES_ENV === 'production' ? 'production' : 'development';
  return [{ name: 'Settings', level: 'ok', text: `${where}, all that is set can be used` }];
}
