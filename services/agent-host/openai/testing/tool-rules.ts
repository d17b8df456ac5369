import { EventWriter } from './event-writer.ts';
import type { Rule, Scene } from './rule.ts';

/** What the tools gave since the newest message of the person. */
function results({ body }: Scene): string[] {
  const last = body.messages.findLastIndex(({ role }) => role === 'user');
  return body.messages.slice(last).flatMap((message) => (message.role === 'tool' ? [message.content] : []));
}

async function report(scene: Scene, given: readonly string[]): Promise<void> {
  const writer = new EventWriter(scene.response);
  await writer.words(`The tools gave: ${given.join(' | ')}`);
  writer.finish();
}

/** Calls tools once, in these pieces, and then says what they gave. */
const once =
  (call: (writer: EventWriter, rest: string) => void, finish = 'tool_calls'): Rule =>
  async (scene) => {
    const given = results(scene);
    if (given.length > 0) return report(scene, given);
    const writer = new EventWriter(scene.response);
    call(writer, scene.rest);
    writer.finish(finish);
  };

function callInPieces(writer: EventWriter, rest: string): void {
  const [name = '', ...words] = rest.split(' ');
  const given = words.join(' ');
  writer.delta({ role: null, content: null });
  writer.delta({ content: 'I will use it. ' });
  writer.delta({ tool_calls: [{ index: 0, id: 'call_a', type: 'function', function: { name, arguments: '' } }] });
  for (let at = 0; at < given.length; at += 3)
    writer.delta({ tool_calls: [{ index: 0, function: { arguments: given.slice(at, at + 3) } }] });
}

const piece = (index: number | undefined, id: string | undefined, name: string | undefined, given: string) => ({
  ...(index === undefined ? {} : { index }),
  ...(id ? { id, type: 'function' } : {}),
  function: { ...(name ? { name } : {}), arguments: given },
});

/** Answers that call tools. `echo` is a tool that gives back its argument `text`. */
export const TOOL_RULES: Readonly<Record<string, Rule>> = {
  /** `[[call NAME ARGUMENTS]]` */
  call: once(callInPieces),
  'call-stop': once(callInPieces, 'stop'),
  'call-length': once(callInPieces, 'length'),
  /** Two calls, their pieces mixed, and the older spelling of the first one beside them. */
  'two-calls': once((writer) => {
    const older = { function_call: { name: 'echo', arguments: '{"text":"one"}' } };
    writer.delta({ ...older, tool_calls: [piece(0, 'a', 'echo', '{"te')] });
    writer.delta({ tool_calls: [piece(1, 'b', 'echo', '{"text":'), piece(0, undefined, undefined, 'xt":"o')] });
    writer.delta({ tool_calls: [piece(0, undefined, 'echo', 'ne"}'), piece(1, '', '', '"two"}')] });
  }),
  'no-index': once((writer) => {
    writer.delta({ tool_calls: [piece(undefined, 'a', 'echo', '{"text":"one"}')] });
    writer.delta({ tool_calls: [piece(undefined, 'b', 'echo', '{"text":')] });
    writer.delta({ tool_calls: [piece(undefined, undefined, undefined, '"two"}')] });
  }),
  'index-zero-for-all': once((writer) => {
    writer.delta({ tool_calls: [piece(0, 'a', 'echo', '{"text":"one"}')] });
    writer.delta({ tool_calls: [piece(0, 'b', 'echo', '{"text":"two"}')] });
  }),
  'no-id': once((writer) => writer.delta({ tool_calls: [piece(0, undefined, 'echo', '{"text":"one"}')] })),
  'object-arguments': once((writer) => {
    writer.delta({ tool_calls: [{ id: 'a', function: { name: 'echo', arguments: { text: 'one' } } }] });
  }),
  'think-and-call': once((writer) => {
    writer.delta({ reasoning_content: 'I need the tool.' });
    writer.delta({ tool_calls: [piece(0, 'a', 'echo', '{"text":"one"}')] });
  }),
  /** Never has enough. */
  'call-for-ever': (scene) => {
    const writer = new EventWriter(scene.response);
    writer.delta({ tool_calls: [piece(0, 'again', 'echo', `{"text":"${results(scene).length + 1}"}`)] });
    writer.finish('tool_calls');
  },
  /** `[[call-then-stall NAME ARGUMENTS]]` */
  'call-then-break': async (scene) => {
    const writer = new EventWriter(scene.response);
    if (results(scene).length === 0) {
      callInPieces(writer, scene.rest);
      return writer.finish('tool_calls');
    }
    await writer.words('Now it');
    scene.response.end();
  },
  'call-then-overflow': (scene) => {
    if (results(scene).length > 0) {
      scene.response.writeHead(400, { 'content-type': 'application/json' });
      return void scene.response.end('{"error":{"message":"prompt is too long"}}');
    }
    const writer = new EventWriter(scene.response);
    callInPieces(writer, scene.rest);
    writer.finish('tool_calls');
  },
};
