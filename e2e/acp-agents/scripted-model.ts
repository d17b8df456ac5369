import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

type Message = { readonly role: string; readonly content?: string | readonly { type: string; text?: string }[] | null };
type Body = {
  readonly messages: readonly Message[];
  readonly tools?: readonly { function: { name: string; parameters?: { properties?: Record<string, unknown> } } }[];
};

/** As the agents name them; OpenCode’s first. */
const WRITE_TOOLS = ['write', 'write_file'];

/**
 * A server with the Chat Completions API on loopback, for agents: the last marker in the newest message of the person says what
 * its model does. `[[say TEXT]]`, `[[slow COUNT GAP]]` words, `[[write PATH TEXT]]` by the agent’s own tool, `[[cut]]` a stream that
 * ends without its end.
 */
export class ScriptedModel {
  /** What each request gave the model to read, whole. */
  readonly read: string[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<ScriptedModel> {
    const server = createServer();
    const model = new ScriptedModel(server);
    server.on('request', async (request, response) => {
      const raw = await readText(request);
      if (request.method !== 'POST') return answerModels(response);
      const body = JSON.parse(raw) as Body;
      model.read.push(body.messages.map(contentOf).join('\n'));
      await answer(body, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return model;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function answer(body: Body, response: ServerResponse): Promise<void> {
  const at = body.messages.findLastIndex(({ role }) => role === 'user');
  const asked = at === -1 ? '' : contentOf(body.messages[at]!);
  const results = body.messages.slice(at + 1).filter(({ role }) => role === 'tool');
  const [, rule, rest = ''] = [...asked.matchAll(/\[\[(\w+) ?([^\]]*)\]\]/g)].at(-1) ?? [];
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (value: unknown) => response.write(`data: ${JSON.stringify(value)}\n\n`);
  const chunk = (delta: unknown, finish_reason: string | null = null) =>
    send({
      id: 'c',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'scripted',
      choices: [{ index: 0, delta, finish_reason }],
    });
  chunk({ role: 'assistant', content: '' });
  if (rule === 'slow') {
    const [count = 10, gap = 10] = rest.split(' ').map(Number);
    for (let word = 1; word <= count && !response.destroyed; word += 1) {
      chunk({ content: `word${word} ` });
      await delay(gap);
    }
  } else if (rule === 'cut') {
    chunk({ content: 'half of an ' });
    response.end();
    return;
  } else if (rule === 'write' && results.length === 0) chunk({ tool_calls: [writeCall(body, rest)] });
  else if (results.length > 0) chunk({ content: `The tool said: ${contentOf(results.at(-1)!)}` });
  else chunk({ content: rule === 'say' ? rest : 'A plain answer.' });
  if (response.destroyed) return;
  chunk({}, rule === 'write' && results.length === 0 ? 'tool_calls' : 'stop');
  send({
    object: 'chat.completion.chunk',
    model: 'scripted',
    choices: [],
    usage: { prompt_tokens: 100, completion_tokens: 5, total_tokens: 105 },
  });
  response.end('data: [DONE]\n\n');
}

function writeCall({ tools = [] }: Body, rest: string) {
  const [path = '', ...words] = rest.split(' ');
  const tool = tools.find((one) => WRITE_TOOLS.includes(one.function.name))?.function;
  const pathName = Object.keys(tool?.parameters?.properties ?? {}).find((name) => /path/i.test(name)) ?? 'path';
  const given = JSON.stringify({ [pathName]: path, content: words.join(' ') });
  const id = `call_${Math.random().toString(36).slice(2)}`;
  return { index: 0, id, type: 'function', function: { name: tool?.name ?? 'write', arguments: given } };
}

function answerModels(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ object: 'list', data: [{ id: 'scripted', object: 'model' }] }));
}

function contentOf({ content }: Message): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => part.text ?? `<${part.type}>`).join('\n');
}
