import type { Evidence } from '../../../shared/diagnosis/evidence.ts';
import { verdict } from '../../../shared/diagnosis/verdict.ts';
import { harmless } from '../../../shared/texts/harmless.ts';

/** What goes on in a room, sentence by sentence, as it may be shown: ids and codes in it come from outside. */
export function sentencesOf(evidence: Evidence): string[] {
  return verdict(evidence).split('\n').map(harmless);
}
