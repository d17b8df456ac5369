import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { TraceCollector } from '../../e2e/trace-collector.ts';

const waiting = { timeout: 20_000, interval: 50 };
/** Says on stderr which packages that are to be loaded late are loaded, by import or by require. prom-client itself loads the API. */
const HOOKS = `
import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) {
  const found = /node_modules\\/(@opentelemetry\\/(?!api\\/)[^/]+|pino-pretty)\\//.exec(url);
  if (found) process.stderr.write('loaded ' + found[1] + '\\n');
  return next(url, context);
} });`;
/** Nobody is there: a role waits for it, with all of its modules loaded. */
const NOWHERE = {
  DATABASE_URL: 'postgres://u:p@127.0.0.1:1/nothing',
  REDIS_URL: 'redis://127.0.0.1:1',
  MATRIX_HOMESERVER_URL: 'http://127.0.0.1:1',
  MATRIX_ACCESS_TOKEN: 'a-token-of-a-test',
  AGENT_URL: 'ws://127.0.0.1:1',
  AGENT_TOKEN: 'another-token',
  AGENTS_DIR: '/nowhere',
};

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function role(name: string, environment: Record<string, string> = {}) {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: _, ...env } = process.env;
  const hooks = `data:text/javascript,${encodeURIComponent(HOOKS)}`;
  const main = `${import.meta.dirname}/../../services/${name}/main.ts`;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', hooks, main], {
    env: { ...env, ...NOWHERE, SURFACES_HTTP_PORT: '0', SURFACES_HTTP_HOST: '127.0.0.1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return { child, output: () => output };
}

test.each(['turn-worker', 'ingress'])(
  '%s loads nothing of OpenTelemetry while nobody asks for traces',
  async (name) => {
    const off = role(name);
    const on = role(name, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
    for (const { output } of [off, on]) await expect.poll(output, waiting).toContain('waiting: database_unavailable');
    expect(off.output()).not.toContain('loaded ');
    expect(on.output()).toContain('loaded @opentelemetry/sdk-trace');
  },
);

test('a role says at its start that texts will stand in its log', async () => {
  const { output } = role('turn-worker', { SURFACES_LOG_CONTENT: 'yes' });
  await expect.poll(output, waiting).toContain('SURFACES_LOG_CONTENT is on');
});

describe('spans', () => {
  /** Runs in a process of its own: a process has one tracer. `$` stands for what it is asked to do. */
  async function traced(code: string, environment: Record<string, string> = {}) {
    const collector = await new TraceCollector().start();
    const modules = { log: 'log', metrics: 'metrics', work: 'work', tracing: 'tracing', config: '../config/read-env' };
    const imports = Object.entries(modules).map(
      ([name, path]) => `import * as ${name} from '${import.meta.dirname}/${path}.ts';`,
    );
    const program = `
      ${imports.join('\n')}
      const { registry } = metrics;
      const env = config.readEnv(process.env, tracing.TRACING_VARIABLES);
      const stop = await tracing.startTracing(env, { role: 'test', instance: 'test-1' }, log.createLog('info', {}));
      const done = (n) => work.inWork({}, async () => tracing.inSpan('work ' + n, { n }, async () => {}), tracing.placeOfEvent('$' + n));
      ${code}
      const began = performance.now();
      await stop();
      console.log(JSON.stringify({ stopped_ms: performance.now() - began }));
      console.log(await registry.getSingleMetric('surfaces_trace_spans_total')?.get().then(({ values }) => JSON.stringify({ values })));
      process.exit(0);`;
    const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program];
    const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...environment };
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    return { collector, ended: once(child, 'close').then(() => output) };
  }

  test('are handed over at the end, with the headers that the collector asks for, under ids that derive from the event', async () => {
    const { collector, ended } = await traced(
      `await done(1);
       console.log(JSON.stringify({ place: tracing.placeOfEvent('$1') }));`,
      { OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20key', OTEL_SERVICE_NAME: 'mine' },
    );
    const output = await ended;
    collector.stop();
    const { place } = JSON.parse(/^\{"place.*$/m.exec(output)![0]);
    expect(collector.headers[0]).toMatchObject({ 'x-key': 'a key' });
    expect(collector.spans).toMatchObject([
      { name: 'work 1', service: 'mine', traceId: place.traceId, parentSpanId: place.spanId, attributes: { n: 1 } },
    ]);
  });

  test('are kept for the share of events that is asked for, the same in each process', async () => {
    const many = 'for (let n = 0; n < 400; n += 1) await done(n);';
    const kept = await Promise.all(
      [1, 2].map(async () => {
        const { collector, ended } = await traced(many, { OTEL_TRACES_SAMPLER_ARG: '0.25' });
        await ended;
        collector.stop();
        return collector.spans.map(({ name }) => name);
      }),
    );
    expect(kept[0]!.length).toBeGreaterThan(60);
    expect(kept[0]!.length).toBeLessThan(140);
    expect(kept[1]!.toSorted()).toEqual(kept[0]!.toSorted());
  });

  test('that nobody takes are counted and told once, and hold up nothing', async () => {
    const { collector, ended } = await traced(
      `const failed = async () => {
         const { values } = await registry.getSingleMetric('surfaces_trace_spans_total').get();
         return values.find(({ labels }) => labels.outcome === 'failed')?.value ?? 0;
       };
       const figures = new Set();
       for (let n = 0; figures.size < 3; n += 1) {
         await done(n);
         await new Promise((resolve) => setTimeout(resolve, 20));
         figures.add(await failed());
       }
       await done('last');`,
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
    );
    collector.stop();
    const output = await ended;
    expect(output.match(/spans get lost/g)).toHaveLength(1);
    expect(JSON.parse(/^\{"stopped.*$/m.exec(output)![0]).stopped_ms).toBeLessThan(1_500);
    expect(output).toContain('"outcome":"failed"');
  });

  test('are none, and their places none, while tracing is off', async () => {
    const { collector, ended } = await traced(
      `console.log(JSON.stringify({ off: [tracing.placeOfEvent('$1'), tracing.traceparent()].every((one) => one === undefined) }));
       await done(1);`,
      { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
    );
    expect(await ended).toContain('{"off":true}');
    collector.stop();
    expect(collector.spans).toEqual([]);
  });
});
