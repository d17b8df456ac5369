/** Folders of `shared` from the bottom up. A module imports from its own folder and from lower rows. */
export const ROWS: readonly (readonly string[])[] = [
  ['errors', 'ids', 'time'],
  ['config', 'runtime'],
  ['lane', 'matrix', 'queue', 'store', 'agent-protocol', 'surface', 'texts', 'volume', 'stack'],
  ['delivery', 'diagnosis', 'limits', 'operate', 'reconcile'],
];

/** Rows whose folders may know each other; in all others none knows its neighbour. */
export const NEIGHBOURLY_ROWS: readonly number[] = [0, 1];

/** The one module that imports a package; the rest of the house imports that module. */
export const DOORS: Readonly<Record<string, string>> = {
  zod: 'shared/config/zod.ts',
  pino: 'shared/runtime/log.ts',
  'pino-pretty': 'shared/runtime/log.ts',
  'prom-client': 'shared/runtime/metrics.ts',
  '@opentelemetry/api': 'shared/runtime/tracing-otlp.ts',
  '@opentelemetry/exporter-trace-otlp-http': 'shared/runtime/tracing-otlp.ts',
  '@opentelemetry/resources': 'shared/runtime/tracing-otlp.ts',
  '@opentelemetry/sdk-trace': 'shared/runtime/tracing-otlp.ts',
  pg: 'shared/store/postgres.ts',
  '@prisma/adapter-pg': 'shared/store/prisma.ts',
  '@prisma/client': 'shared/store/prisma.ts',
  'prisma/generated': 'shared/store/prisma.ts',
  prisma: 'prisma.config.ts',
  bullmq: 'shared/queue/bullmq.ts',
  ioredis: 'shared/queue/redis.ts',
  undici: 'shared/matrix/http.ts',
  'matrix-bot-sdk': 'shared/matrix/sdk.ts',
  ws: 'shared/agent-protocol/websocket.ts',
  'markdown-it': 'shared/surface/markdown.ts',
  'sanitize-html': 'shared/surface/markdown.ts',
  'any-ascii': 'shared/volume/safe-name.ts',
  'file-type': 'services/attachment-worker/look/sniff.ts',
  sharp: 'services/attachment-worker/look/picture.ts',
  'music-metadata': 'services/attachment-worker/look/recording.ts',
  '@agentclientprotocol/sdk': 'services/agent-host/acp/sdk.ts',
  '@modelcontextprotocol/client': 'services/agent-host/mcp/mcp-client.ts',
  'gpt-tokenizer': 'services/agent-host/openai/tokens/token-counter.ts',
  fastify: 'services/ops/http.ts',
  '@fastify/cookie': 'services/ops/http.ts',
  '@fastify/formbody': 'services/ops/http.ts',
  '@bull-board/api': 'services/ops/queues/board.ts',
  '@bull-board/fastify': 'services/ops/queues/board.ts',
  htm: 'services/ops/page/html.ts',
  preact: 'services/ops/page/html.ts',
  'preact-render-to-string': 'services/ops/page/html.ts',
  'openid-client': 'services/ops/access/oidc.ts',
};

/** Packages of tests and of what runs them. */
export const TEST_PACKAGES: readonly string[] = [
  'vitest',
  'fast-check',
  '@modelcontextprotocol/server',
  'playwright-core',
  'axe-core',
  'yaml',
];

/** Names that say nothing, so that everything ends up behind them. */
export const EMPTY_NAMES: readonly string[] = [
  ...['util', 'utils', 'helper', 'helpers', 'common', 'type', 'types', 'lib', 'libs'],
  ...['misc', 'manager', 'managers', 'interfaces', 'constants', 'index'],
];

/** Lines of a file that is no test. Comfortable is under 200, uneasy over 300. */
export const LONGEST_FILE = 350;

/** Code for tests, which may look at all of the house from outside. */
export function isTestCode(path: string): boolean {
  return /\.test\.ts$|(^|\/)test-[^/]*\.ts$|(^|\/)testing\/|(^|\/)mutations\/|(^|\/)history\//.test(path);
}
