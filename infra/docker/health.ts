// `health.ts [live|ready]`: what the role in this container answers. Exit code 0: 200. Its words are kept by the engine (docker inspect).
// Not by `import`: shared/runtime/health.ts says what that costs.
const { get } = process.getBuiltinModule('node:http');

const TIMEOUT_MS = 4_000;
const path = process.argv[2] ?? 'live';
const port = Number(process.env.SURFACES_HTTP_PORT || 9090);

function end(well: boolean, words: string): void {
  process.stdout.write(words);
  process.exit(well ? 0 : 1);
}

const asked = get({ host: '127.0.0.1', port, path: `/${path}`, timeout: TIMEOUT_MS }, async (answer) => {
  let words = '';
  for await (const part of answer) words += part;
  end(answer.statusCode === 200, words);
});
asked.on('timeout', () => end(false, 'no answer in 4 s'));
asked.on('error', (error) => end(false, error.message));
