import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { agent, ndJsonStream, RequestError } from '../sdk.ts';
import { type Scene, STEPS } from './agent-steps.ts';
import { type Params, readScript } from './script.ts';

/**
 * An agent of its own process that does what stands between `[[` and `]]` in a message, one step after the other, and says
 * “heard: …” where there is none. What it is able to do, and how it misbehaves as a process, stands in SCRIPT. Conversations are
 * kept as real agents keep them: on disk under HOME, the person’s message from the moment it comes.
 */
const script = readScript(process.env.SCRIPT);
const home = process.env.HOME!;
const folder = join(home, 'sessions');
const live = new Map<string, { cwd: string; mode: string; cancel: AbortController }>();
type Line = { role: 'user' | 'agent'; text: string };
let number = 0;

mkdirSync(folder, { recursive: true });
if (script.stderr) process.stderr.write(`${script.stderr}\n`);
if (script.exit !== undefined) process.exit(script.exit);
if (script.deaf) process.on('SIGTERM', () => {});
if (script.deaf) setInterval(() => {}, 60_000);

const raw = (params: unknown) => params as Params;
const app = agent({ name: 'scripted' });
const on = (method: string, handle: (params: Params) => unknown) =>
  app.onRequest(method, raw, async ({ params }) => {
    appendFileSync(join(home, 'seen.jsonl'), `${JSON.stringify({ pid: process.pid, method, params })}\n`);
    return handle(params);
  });

on('initialize', async () => {
  if (script.initializeMs) await delay(script.initializeMs);
  return {
    protocolVersion: script.version ?? 1,
    agentInfo: { name: 'scripted', version: '7.8.9' },
    agentCapabilities: {
      loadSession: script.load,
      promptCapabilities: { image: script.images },
      sessionCapabilities: { ...(script.fork && { fork: {} }), ...(script.close && { close: {} }) },
    },
  };
});
on('session/new', ({ cwd }) => {
  if (script.loggedOut) throw RequestError.authRequired();
  const id = `s${process.pid}-${++number}`;
  write(id, []);
  return opened(id, cwd);
});
on('session/load', async ({ sessionId, cwd }) => {
  if (!existsSync(path(sessionId)) || script.loadCode)
    throw new RequestError(script.loadCode ?? -32602, 'unknown session');
  for (const { role, text } of read(sessionId))
    await update(sessionId, {
      sessionUpdate: role === 'user' ? 'user_message_chunk' : 'agent_message_chunk',
      content: { type: 'text', text },
    });
  const answer = opened(sessionId, cwd);
  setTimeout(() => void update(sessionId, { sessionUpdate: 'available_commands_update', availableCommands: [] }), 5);
  return answer;
});
on('session/fork', ({ sessionId, cwd }) => {
  const id = `${sessionId}-fork${++number}`;
  write(id, read(sessionId));
  return opened(id, cwd);
});
on('session/close', ({ sessionId }) => {
  live.delete(sessionId);
  return {};
});
on('session/set_mode', ({ sessionId, modeId }) => setMode(sessionId, modeId));
on('session/set_config_option', ({ sessionId, configId, value }) => {
  if (configId === 'mode') setMode(sessionId, value);
  return { configOptions: [] };
});
on('session/prompt', async ({ sessionId, prompt }) => {
  const session = live.get(sessionId);
  if (!session) throw RequestError.sessionNotFound(sessionId);
  session.cancel = new AbortController();
  const text = prompt.map((block) => block.text ?? `<${block.type}>`).join('\n');
  write(sessionId, [...read(sessionId), { role: 'user', text }]);
  const said: string[] = [];
  const scene: Scene = {
    id: sessionId,
    cwd: session.cwd,
    mode: session.mode,
    prompt,
    text,
    history: read(sessionId),
    signal: session.cancel.signal,
    say: async (words, messageId) => {
      said.push(words);
      await update(sessionId, {
        sessionUpdate: 'agent_message_chunk',
        content: { type: 'text', text: words },
        ...(messageId && { messageId }),
      });
    },
    update: (value) => update(sessionId, value),
    request: (method, params) => client.request(method, params),
    raw: (bytes) => void process.stdout.write(bytes),
  };
  // Not those of what was said before, which comes in front of the message.
  const own = text.slice(Math.max(0, text.lastIndexOf('[End of what was said before.]')));
  const steps = [...own.matchAll(/\[\[([a-z-]+) ?((?:[^\]]|\](?!\]))*)\]\]/g)];
  if (steps.length === 0) await scene.say(`heard: ${prompt.findLast((block) => block.type === 'text')?.text}`);
  let stopReason = 'end_turn';
  for (const [, name = '', rest = ''] of steps) {
    const step = STEPS[name];
    if (!step) throw new Error(`the scripted agent has no step ${name}`);
    stopReason = ((await step(scene, rest)) as string | undefined) ?? stopReason;
    if (session.cancel.signal.aborted) stopReason = 'cancelled';
    if (stopReason !== 'end_turn') break;
  }
  if (session.cancel.signal.aborted) for (const late of ['late1 ', 'late2 ', 'late3 ']) await scene.say(late);
  write(sessionId, [...read(sessionId), { role: 'agent', text: said.join('') }]);
  return { stopReason, usage: { inputTokens: 11, outputTokens: 7 } };
});
app.onNotification('session/cancel', raw, ({ params }) => {
  appendFileSync(
    join(home, 'seen.jsonl'),
    `${JSON.stringify({ pid: process.pid, method: 'session/cancel', params })}\n`,
  );
  live.get(params.sessionId)?.cancel.abort();
});

const { client, closed } = app.connect(
  ndJsonStream(
    Writable.toWeb(process.stdout) as WritableStream<Uint8Array>,
    Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>,
  ),
);
void closed.then(() => script.deaf || process.exit(0));

function opened(id: string, cwd: string) {
  live.set(id, { cwd, mode: 'careless', cancel: new AbortController() });
  const modes = ['careless', 'careful'];
  if (script.olderModes)
    return {
      sessionId: id,
      modes: { currentModeId: 'careless', availableModes: modes.map((mode) => ({ id: mode, name: mode })) },
    };
  const select = (what: string, values: string[]) => ({
    id: what,
    category: what,
    name: what,
    type: 'select',
    currentValue: values[0],
    options: values.map((value) => ({ value, name: value })),
  });
  return { sessionId: id, configOptions: [select('mode', modes), select('model', ['small', 'large'])] };
}
function setMode(sessionId: string, mode: string) {
  live.get(sessionId)!.mode = mode;
  return {};
}
function update(sessionId: string, value: unknown): Promise<void> {
  return client.notify('session/update', { sessionId, update: value });
}
function path(id: string): string {
  return join(folder, `${id}.json`);
}
function read(id: string): Line[] {
  return JSON.parse(readFileSync(path(id), 'utf8'));
}
function write(id: string, lines: Line[]): void {
  writeFileSync(path(id), JSON.stringify(lines));
}
