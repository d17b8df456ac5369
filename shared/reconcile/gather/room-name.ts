import { checkName } from '../../texts/check-name.ts';

/**
 * A room's name as the record takes it; null for one that a person could not read. By the rule that holds for a name that
 * comes by /sync, too: else each run would overrule what that one decided.
 */
export function readableName(text: string | undefined): string | null {
  const checked = checkName(text ?? '');
  return 'name' in checked ? checked.name : null;
}
