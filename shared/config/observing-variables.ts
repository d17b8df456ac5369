import { always, text, variable } from './variable.ts';
import { z } from './zod.ts';

const url = z
  .string()
  .refine((value) => value === '' || /^https?:$/.test(URL.canParse(value) ? new URL(value).protocol : ''), {
    message: 'is not a URL that begins with http:// or https://',
  });

/** `a=b,c=d`, values percent-encoded: as OpenTelemetry’s specification of the OTLP exporter has it. */
const headers = z.string().transform((value, context) => {
  const entries = value.split(',').filter((entry) => entry.trim() !== '');
  const pairs = entries.map((entry) => /^\s*([^\s=]+)\s*=\s*(.*?)\s*$/.exec(entry));
  try {
    return Object.fromEntries(pairs.map((pair) => [pair![1]!, decodeURIComponent(pair![2]!)]));
  } catch {
    // Its value is a secret: what is wrong is not shown.
    context.addIssue({ code: 'custom', message: 'is not a list of name=value with commas between them' });
    return z.NEVER;
  }
});

/** What can be seen of a process: logs and traces. */
export const OBSERVING_VARIABLES = {
  SURFACES_LOG_CONTENT: variable({
    meaning:
      'whether the log shows the beginning of each question and answer; without it, it never shows what is written',
    example: 'yes',
    ...always('no'),
    parse: z.enum(['yes', 'no']).transform((value) => value === 'yes'),
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: variable({
    meaning: 'where traces go, as OTLP over HTTP; empty: there are none',
    example: 'http://otel-collector:4318',
    ...always(''),
    parse: url,
  }),
  OTEL_EXPORTER_OTLP_HEADERS: variable({
    meaning: 'headers that the collector asks for',
    example: 'authorization=Bearer%20…',
    secret: true,
    ...always(''),
    parse: headers,
  }),
  OTEL_SERVICE_NAME: variable({
    meaning: 'what traces call this process; empty: surfaces- with its role',
    example: 'surfaces-turn-worker',
    ...always(''),
    parse: z.string(),
  }),
  OTEL_TRACES_SAMPLER_ARG: variable({
    meaning: 'the share of messages whose traces are kept, the same in all roles',
    example: '0.1',
    ...always('1'),
    parse: text.regex(/^(0|1|0?\.\d+|0\.\d+|1\.0*)$/, 'is not a number from 0 to 1').transform(Number),
  }),
};
