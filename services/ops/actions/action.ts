import type { Act, Outcome } from '../../../shared/operate/audited.ts';
import type { Deed } from '../../../shared/store/ops-audit.ts';
import type { OpsDeps } from '../area.ts';
import type { Html } from '../page/html.ts';
import type { Query } from '../page/query.ts';

/** What the page says before something is done. */
export type Before = {
  readonly title: string;
  /** What will happen, what will not, and what can be lost: a sentence each. */
  readonly will: readonly string[];
  readonly wont?: readonly string[];
  readonly lost: readonly string[];
  /** How things stand. */
  readonly facts?: Html;
  /** What can be chosen with it. */
  readonly fields?: Html;
  readonly button: string;
  /** Something can be lost by it. */
  readonly costs?: true;
  /** What was looked at, by which is found out whether it is still so when the button is pressed. */
  readonly seen?: string;
  /** Why it cannot be done, or need not be. */
  readonly not?: string;
};

export type Call = {
  readonly subject: string;
  /** `seen` of the page that was confirmed. */
  readonly seen: string | undefined;
  /** All that was sent with it. */
  readonly fields: Query;
  readonly by: string;
  /** Of its row in the audit. */
  readonly id: number;
};

/** One thing that an operator can do. */
export type Action = {
  readonly act: Act;
  /** Null where there is nothing of that name. */
  readonly look: (subject: string, deps: OpsDeps) => Promise<Before | null>;
  readonly run: (call: Call, deps: OpsDeps) => Promise<Outcome>;
  /** What stands in the audit beside act and subject. */
  readonly details?: (fields: Query) => Deed['details'];
  /** Where one goes when it is done and nothing tells where one came from. */
  readonly home: (subject: string) => string;
};
