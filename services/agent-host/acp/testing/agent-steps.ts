import { spawn } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RequestError } from '../sdk.ts';

/** One prompt as a step sees it. */
export type Scene = {
  readonly id: string;
  readonly cwd: string;
  readonly mode: string;
  readonly prompt: readonly unknown[];
  readonly text: string;
  readonly history: readonly { role: string; text: string }[];
  /** Aborts with `session/cancel`. */
  readonly signal: AbortSignal;
  say(words: string, messageId?: string): Promise<void>;
  update(update: unknown): Promise<void>;
  request(method: string, params: unknown): Promise<unknown>;
  raw(bytes: string): void;
};

/** What it gives is the stop reason; nothing goes on with the next step. */
type Step = (scene: Scene, rest: string) => Promise<unknown>;

let calls = 0;
const held: Buffer[] = [];

export const STEPS: Readonly<Record<string, Step>> = {
  say: (scene, rest) => scene.say(rest),
  /** `say-as ID TEXT` */
  'say-as': (scene, rest) => scene.say(rest.slice(rest.indexOf(' ') + 1), rest.split(' ')[0]),
  think: (scene, text) => scene.update({ sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text } }),
  /** `words N GAP` */
  async words(scene, rest) {
    const [count = 10, gap = 1] = rest.split(' ').map(Number);
    for (let at = 1; at <= count && !scene.signal.aborted; at += 1) {
      await scene.say(`word${at} `);
      await delay(gap);
    }
  },
  async tool(scene, title) {
    const toolCallId = `call-${++calls}`;
    await scene.update({
      sessionUpdate: 'tool_call',
      toolCallId,
      title,
      kind: 'execute',
      status: 'pending',
      rawInput: { command: 'secret command' },
    });
    await scene.update({ sessionUpdate: 'tool_call_update', toolCallId, status: 'in_progress' });
    await scene.update({ sessionUpdate: 'tool_call_update', toolCallId, status: 'completed', rawOutput: 'x' });
  },
  /** `tool-for MS`, unless it is cancelled before. */
  async 'tool-for'(scene, rest) {
    const call = { toolCallId: `call-${++calls}`, title: 'takes its time', kind: 'other' };
    await scene.update({ sessionUpdate: 'tool_call', ...call, status: 'in_progress' });
    await delay(Number(rest), undefined, { signal: scene.signal }).catch(() => {});
    await scene.update({ sessionUpdate: 'tool_call_update', ...call, status: 'completed' });
  },
  /** `flood N`: so many pieces of 30 KB each. */
  async flood(scene, rest) {
    for (let at = 0; at < Number(rest); at += 1) await scene.say('flood '.repeat(5_000));
  },
  /** A call of which the end is never told. */
  open: (scene, title) =>
    scene.update({
      sessionUpdate: 'tool_call',
      toolCallId: `call-${++calls}`,
      title,
      kind: 'read',
      status: 'in_progress',
    }),
  /** `ask TITLE`; says the outcome. A call that is pending until it is over, as Qwen has it. */
  async ask(scene, title) {
    const toolCallId = `call-${++calls}`;
    const call = { toolCallId, title, kind: 'edit', status: 'pending' };
    await scene.update({ sessionUpdate: 'tool_call', ...call });
    const answer = (await scene.request('session/request_permission', {
      sessionId: scene.id,
      toolCall: {
        ...call,
        content: [{ type: 'diff', path: join(scene.cwd, 'a.txt'), oldText: 'one\ntwo\n', newText: 'one\nthree\n' }],
      },
      // The order means nothing, and ids are anything.
      options: [
        { optionId: 'z-always', name: 'Always', kind: 'allow_always' },
        { optionId: 'y-once', name: 'Yes', kind: 'allow_once' },
        { optionId: 'x-no', name: 'No', kind: 'reject_once' },
      ],
    })) as { outcome: { outcome: string; optionId?: string } };
    const allowed = ['z-always', 'y-once'].includes(answer.outcome.optionId ?? '');
    await scene.update({ sessionUpdate: 'tool_call_update', toolCallId, status: allowed ? 'completed' : 'failed' });
    await scene.say(`outcome ${answer.outcome.outcome} ${answer.outcome.optionId ?? '-'}`);
  },
  async 'ask-and-crash'(scene) {
    void STEPS.ask!(scene, 'asks').catch(() => {});
    await delay(100);
    await STEPS.crash!(scene, '');
  },
  /** Two questions at once. */
  async 'ask-twice'(scene) {
    await Promise.all([STEPS.ask!(scene, 'first'), STEPS.ask!(scene, 'second')]);
  },
  /** `ask-of N`: so many options, a no as the last one. */
  async 'ask-of'(scene, rest) {
    const options = Array.from({ length: Number(rest) }, (_, at) => ({
      optionId: `o${at}`,
      name: `Option ${at}`,
      kind: 'allow_once',
    }));
    options.push({ optionId: 'no', name: 'No', kind: 'reject_once' });
    const toolCall = { toolCallId: `call-${++calls}`, title: 'choose', rawInput: { command: 'rm -rf build' } };
    const answer = await scene.request('session/request_permission', { sessionId: scene.id, toolCall, options });
    await scene.say(JSON.stringify(answer));
  },
  /** A question without anything to choose. */
  async 'ask-nothing'(scene) {
    const toolCall = { toolCallId: `call-${++calls}`, title: 'choose' };
    await scene.request('session/request_permission', { sessionId: scene.id, toolCall, options: [] }).then(
      () => scene.say('answered'),
      (error: RequestError) => scene.say(`refused ${error.code}`),
    );
  },
  /** `write PATH TEXT`, in a tool call. */
  async write(scene, rest) {
    const [name = '', ...words] = rest.split(' ');
    await scene.update({
      sessionUpdate: 'tool_call',
      toolCallId: `call-${++calls}`,
      title: `writes ${join(scene.cwd, name)}`,
      kind: 'edit',
      status: 'in_progress',
    });
    put(scene, name, words.join(' '));
    await scene.update({ sessionUpdate: 'tool_call_update', toolCallId: `call-${calls}`, status: 'completed' });
  },
  /** `quietly PATH TEXT`, without one. */
  quietly: async (scene, rest) => put(scene, rest.split(' ')[0]!, rest.split(' ').slice(1).join(' ')),
  /** `link PATH TARGET` */
  async link(scene, rest) {
    const [name = '', target = ''] = rest.split(' ');
    mkdirSync(dirname(join(scene.cwd, name)), { recursive: true });
    symlinkSync(target, join(scene.cwd, name));
  },
  /** `hard-link PATH TARGET` */
  async 'hard-link'(scene, rest) {
    const [name = '', target = ''] = rest.split(' ');
    linkSync(join(scene.cwd, target), join(scene.cwd, name));
  },
  /** `many N`: so many files. */
  many: async (scene, rest) => {
    for (let at = 0; at < Number(rest); at += 1) put(scene, `outbox/many-${at}.txt`, `${at}`);
  },
  /** Grows until the turn has been over for long. */
  async growing(scene, name) {
    let times = 1;
    put(scene, name, 'more ');
    setInterval(() => put(scene, name, 'more '.repeat(++times)), 20).unref();
  },
  wait: (scene) =>
    new Promise<void>((resolve) => scene.signal.addEventListener('abort', () => resolve(), { once: true })),
  /** Hears no cancel, and talks on. */
  async stubborn(scene) {
    for (;;) {
      await scene.say('still ');
      await delay(20);
    }
  },
  async crash() {
    process.kill(process.pid, 'SIGKILL');
    await delay(60_000);
  },
  /** Sound before and behind what nobody can read. */
  async garbage(scene) {
    scene.raw('this is no JSON\n\n[1,2]\n{"jsonrpc":"2.0"}\n');
    await scene.update({ sessionUpdate: 'something_new', content: 7 });
    await scene.update(null);
  },
  /** `huge N`: a line of that many bytes. */
  huge: async (scene, rest) =>
    scene.update({ sessionUpdate: 'available_commands_update', availableCommands: ['x'.repeat(Number(rest))] }),
  async 'loop-tools'(scene) {
    while (!scene.signal.aborted) await STEPS.tool!(scene, 'again');
  },
  async 'loop-messages'(scene) {
    for (let at = 0; !scene.signal.aborted; at += 1) await scene.say('again ', `m${at}`);
  },
  /** `error CODE DETAILS` */
  async error(_, rest) {
    const [code, ...details] = rest.split(' ');
    throw new RequestError(Number(code), 'Internal error', { details: details.join(' ') });
  },
  stop: async (_, reason) => reason,
  usage: (scene) =>
    scene.update({ sessionUpdate: 'usage_update', used: 1234.4, size: 8000, cost: { amount: 0.5, currency: 'USD' } }),
  plan: (scene) =>
    scene.update({
      sessionUpdate: 'plan',
      entries: [
        { content: 'look', status: 'completed', priority: 'high' },
        { content: 'leap', status: 'new' },
      ],
    }),
  recall: (scene) => scene.say(scene.history.map(({ role, text }) => `${role}<${text}>`).join('')),
  blocks: (scene) => scene.say(JSON.stringify(scene.prompt)),
  where: (scene) => scene.say(`${scene.cwd} ${scene.mode} ${process.pid}`),
  env: (scene) => scene.say(JSON.stringify(process.env)),
  unadvertised: (scene) =>
    scene.request('fs/read_text_file', { path: '/x' }).then(
      () => scene.say('read'),
      ({ code }: RequestError) => scene.say(`refused ${code}`),
    ),
  async stderr(_, text) {
    process.stderr.write(`${text}\n`);
  },
  /** `memory MB` */
  async memory(_, rest) {
    held.push(Buffer.alloc(Number(rest) * 1024 * 1024, 1));
  },
  /** A child that is still there when the agent is not. */
  async child(scene) {
    const { pid } = spawn('/bin/sleep', ['600'], { stdio: 'ignore' });
    await scene.say(`child ${pid}`);
  },
};

function put(scene: Scene, name: string, text: string): void {
  mkdirSync(dirname(join(scene.cwd, name)), { recursive: true });
  writeFileSync(join(scene.cwd, name), text);
}
