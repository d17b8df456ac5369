import { MOST_MESSAGE_BYTES, TOO_LONG } from './pace.ts';

/** The same answer, whose body breaks off where one message in it is too long: a body of JSON, or one event of a stream. */
export function boundedAnswer(answer: Response): Response {
  if (!answer.body) return answer;
  const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') === true;
  let bytes = 0;
  let isLineEmpty = true;
  const bound = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      let from = 0;
      // An empty line ends an event (HTML standard, 9.2.6).
      for (let end = chunk.indexOf(10); isStream && end >= 0; end = chunk.indexOf(10, from)) {
        isLineEmpty &&= end === from || (end === from + 1 && chunk[from] === 13);
        bytes = isLineEmpty ? 0 : bytes + end - from;
        isLineEmpty = true;
        from = end + 1;
      }
      bytes += chunk.length - from;
      isLineEmpty &&= from === chunk.length || (from === chunk.length - 1 && chunk[from] === 13);
      if (bytes > MOST_MESSAGE_BYTES) controller.error(new Error(TOO_LONG));
      else controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = answer;
  return new Response(answer.body.pipeThrough(bound), { status, statusText, headers });
}
