/** The events of an agent's turn that a view is made of; others, and unknown ones, change nothing. */
type ViewEvent =
  | { type: 'message.delta' | 'message.done'; message_id: string; channel: 'answer' | 'thought'; text?: string }
  | { type: 'tool_call.update'; tool_call_id: string; title?: string; status?: string }
  | { type: 'permission.request'; permission_id: string; title: string }
  | { type: 'permission.resolved'; permission_id: string }
  | { type: 'turn.state'; state: 'running' | 'requires_action' }
  | { type: 'plan.update'; entries: readonly { content: string; status: string }[] }
  | { type: 'notice'; text: string }
  | { type: 'turn.ended'; stop_reason: string; error?: { code: string; message: string } | null };

export type TurnStatus =
  | { readonly kind: 'thinking' }
  | { readonly kind: 'tool'; readonly title: string }
  | PlanStep
  | { readonly kind: 'permission'; readonly title: string }
  | { readonly kind: 'notice'; readonly text: string };

/** `number` of the step that is being done, from 1. */
type PlanStep = { readonly kind: 'plan'; readonly number: number; readonly of: number; readonly step: string };

export type TurnEnd = {
  readonly stopReason: string;
  readonly error: { readonly code: string; readonly message: string } | null;
};

/** What a turn looks like after the events so far. The same events give the same view in every process. */
export type TurnView = {
  /** The answer's messages, joined by a blank line. It only ever grows at its end: what was shown does not move. */
  readonly text: string;
  /** What the agent does just now, where it is worth a line; null while it writes its answer or has not begun. */
  readonly status: TurnStatus | null;
  readonly ended: TurnEnd | null;
  /** The answer message that is being written, and whether a visible character of it has come. */
  readonly current: { readonly id: string; readonly begun: boolean } | null;
  /** Answer messages of which text has come, by id: the whole text in `message.done` is then no news. */
  readonly seen: readonly string[];
  /** Tool calls that run, oldest first. */
  readonly tools: readonly { readonly id: string; readonly title: string }[];
  readonly plan: PlanStep | null;
};

export const emptyView: TurnView = {
  text: '',
  status: null,
  ended: null,
  current: null,
  seen: [],
  tools: [],
  plan: null,
};

/** Folds one event into the view, in time that depends on the event alone (strings are appended to, not copied). */
export function applyEvent(view: TurnView, event: { readonly type: string }): TurnView {
  if (view.ended !== null) return view;
  const known = event as ViewEvent;
  switch (known.type) {
    case 'message.delta':
      if (known.channel === 'answer') return appendAnswer(view, known.message_id, known.text ?? '');
      return view.tools.length > 0 ? view : { ...view, status: { kind: 'thinking' } };
    case 'message.done': {
      if (known.channel !== 'answer') return view.status?.kind === 'thinking' ? { ...view, status: null } : view;
      return view.seen.includes(known.message_id) ? view : appendAnswer(view, known.message_id, known.text ?? '');
    }
    case 'tool_call.update':
      return applyTool(view, known);
    case 'permission.request':
      return { ...view, status: { kind: 'permission', title: known.title } };
    case 'permission.resolved':
      return { ...view, status: workStatus(view) };
    case 'turn.state':
      if (known.state === 'requires_action' || view.status?.kind !== 'permission') return view;
      return { ...view, status: workStatus(view) };
    case 'plan.update': {
      const next = { ...view, plan: stepOf(known.entries) };
      return view.status?.kind === 'permission' ? next : { ...next, status: workStatus(next) };
    }
    case 'notice':
      return { ...view, status: { kind: 'notice', text: known.text } };
    case 'turn.ended':
      return { ...view, status: null, tools: [], ended: { stopReason: known.stop_reason, error: known.error ?? null } };
    default:
      return view;
  }
}

/** Text of a message that is not the current one begins a paragraph at the end, also if that message was begun before. */
function appendAnswer(view: TurnView, id: string, chunk: string): TurnView {
  const same = view.current?.id === id;
  const begun = same && view.current.begun;
  const addition = begun ? chunk : chunk.replace(/^\s*\n/, '');
  const seen = same || view.seen.includes(id) ? view.seen : [...view.seen, id];
  if (!begun && addition.trim() === '') return { ...view, seen, current: { id, begun: false } };
  const gap = begun || view.text === '' ? '' : '\n\n';
  return {
    ...view,
    seen,
    text: view.text + gap + addition,
    status: workStatus(view),
    current: begun ? view.current : { id, begun: true },
  };
}

function applyTool(view: TurnView, call: { tool_call_id: string; title?: string; status?: string }): TurnView {
  const running = call.status === undefined || call.status === 'pending' || call.status === 'in_progress';
  const before = view.tools.find((tool) => tool.id === call.tool_call_id);
  const title = call.title ?? before?.title ?? call.tool_call_id;
  const others = view.tools.filter((tool) => tool.id !== call.tool_call_id);
  const tools = running ? [...others, { id: call.tool_call_id, title }] : others;
  const waits = view.status?.kind === 'permission';
  return { ...view, tools, status: waits ? view.status : workStatus({ ...view, tools }) };
}

/** What is being done: the tool that began last, else the step of the plan. */
function workStatus({ tools, plan }: Pick<TurnView, 'tools' | 'plan'>): TurnStatus | null {
  const latest = tools.at(-1);
  return latest ? { kind: 'tool', title: latest.title } : plan;
}

function stepOf(entries: readonly { content: string; status: string }[]): PlanStep | null {
  const at = entries.findIndex(({ status }) => status === 'in_progress');
  return at < 0 ? null : { kind: 'plan', number: at + 1, of: entries.length, step: entries[at]!.content };
}
