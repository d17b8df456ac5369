import { z } from '../config/zod.ts';
import { CLIENT_MESSAGES } from './client-messages.ts';
import { HOST_MESSAGES, RESULTS } from './host-messages.ts';
import { PROTOCOL } from './protocol.ts';

/**
 * The JSON Schema of the protocol, from the schemas that the code validates with: `#/$defs/client.<type>` for what a
 * client sends, `host.<type>` for what a host sends, `result.<type>` for `result` of the `request.done` that answers it.
 */
export function protocolSchema(): Record<string, unknown> {
  const named: [string, z.ZodType][] = [
    ...CLIENT_MESSAGES.map((schema) => [`client.${schema.shape.type.value}`, schema] as [string, z.ZodType]),
    ...HOST_MESSAGES.map((schema) => [`host.${schema.shape.type.value}`, schema] as [string, z.ZodType]),
    ...Object.entries(RESULTS).map(([type, schema]) => [`result.${type}`, schema] as [string, z.ZodType]),
  ];
  const frames = named.filter(([name]) => !name.startsWith('result.'));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: PROTOCOL,
    anyOf: frames.map(([name]) => ({ $ref: `#/$defs/${name}` })),
    $defs: Object.fromEntries(named.map(([name, schema]) => [name, jsonSchemaOf(schema)])),
  };
}

function jsonSchemaOf(schema: z.ZodType): object {
  // As input: what is unknown is let in, and dropped.
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}
