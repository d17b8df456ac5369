import { AGENT_RULES } from './agent-rules.ts';
import { ANSWER_RULES } from './answer-rules.ts';
import { ATTACH_RULES } from './attach-rules.ts';
import { CANCEL_RULES } from './cancel-rules.ts';
import { CAPABILITY_RULES } from './capability-rules.ts';
import { FILE_RULES } from './file-rules.ts';
import { FRAME_RULES } from './frame-rules.ts';
import { HANDSHAKE_RULES } from './handshake-rules.ts';
import { HEARTBEAT_RULES } from './heartbeat-rules.ts';
import { LOAD_RULES } from './load-rules.ts';
import { OFFER_RULES } from './offer-rules.ts';
import { PERMISSION_RULES } from './permission-rules.ts';
import { REQUEST_RULES } from './request-rules.ts';
import { RESTART_RULES } from './restart-rules.ts';
import type { Rule } from './rule.ts';
import { SESSION_RULES } from './session-rules.ts';
import { SNAPSHOT_RULES } from './snapshot-rules.ts';
import { TURN_RULES } from './turn-rules.ts';
import { WORKSPACE_RULES } from './workspace-rules.ts';

/** Every rule, in the order in which they are listed, from the first frame to the death of the host. */
export const RULES: readonly Rule[] = [
  ...HANDSHAKE_RULES,
  ...HEARTBEAT_RULES,
  ...FRAME_RULES,
  ...REQUEST_RULES,
  ...CAPABILITY_RULES,
  ...OFFER_RULES,
  ...SESSION_RULES,
  ...WORKSPACE_RULES,
  ...SNAPSHOT_RULES,
  ...TURN_RULES,
  ...ATTACH_RULES,
  ...CANCEL_RULES,
  ...PERMISSION_RULES,
  ...FILE_RULES,
  ...AGENT_RULES,
  ...LOAD_RULES,
  ...ANSWER_RULES,
  ...RESTART_RULES,
];

/** Those whose sentence has one of the phrases in it; all where there is no phrase. */
export function selectRules(phrases: readonly string[]): readonly Rule[] {
  if (phrases.length === 0) return RULES;
  const plain = (text: string) => text.toLowerCase().replaceAll('’', "'");
  return RULES.filter(({ rule }) => phrases.some((phrase) => plain(rule).includes(plain(phrase))));
}
