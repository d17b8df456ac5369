import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { protocolSchema } from './json-schema.ts';
import { PROTOCOL_ERRORS } from './protocol.ts';

const docs = (name: string) => readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

test('the schema in the docs is the one that the code validates with', async () => {
  // Where it differs: node services/agent-host/write-schema.ts
  expect(JSON.parse(await docs('agent-protocol.schema.json'))).toEqual(protocolSchema());
});

test('the document names every message and every error code', async () => {
  const text = await docs('AGENT-PROTOCOL.md');
  const types = Object.keys(protocolSchema().$defs as object).map((name) => name.replace(/^[a-z]+\./, ''));
  for (const word of [...types, ...PROTOCOL_ERRORS]) expect(text, word).toContain(`\`${word}\``);
});
