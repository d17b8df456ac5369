import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { standardTools } from './standard-tools.ts';
import { contentOf, SECRET, testWorkspace } from './test-call.ts';

const tools = standardTools();

test('each has a name that models take, and a schema that model servers take', () => {
  expect(tools.map(({ name }) => name)).toEqual(['list_files', 'read_file', 'write_file', 'offer_file']);
  for (const { name, description, parameters } of tools) {
    expect(name).toMatch(/^[a-z_]+$/);
    expect(description.length).toBeLessThan(1_000);
    expect(parameters).toMatchObject({ type: 'object', properties: expect.any(Object) });
    expect(JSON.stringify(parameters)).not.toMatch(/\$schema|\$ref|anyOf|9007199254740991/);
    expect(JSON.parse(JSON.stringify(parameters))).toEqual(parameters);
  }
  const [list, read, write, offer] = tools;
  expect(list!.parameters.required ?? []).toEqual([]);
  expect(read!.parameters.required).toEqual(['path']);
  expect(write!.parameters.required).toEqual(['path', 'content']);
  expect(offer!.parameters.required).toEqual(['path']);
  expect(read!.parameters.properties).toMatchObject({ from_line: { type: 'integer', minimum: 1 } });
});

/** What a model could say: nearly right, wrong in one place, or nothing of the kind. */
const hostilePath = fc.oneof(
  fc.constantFrom(
    '..',
    '../outside/secret',
    '/etc/passwd',
    'a/../../outside/x',
    '.',
    '',
    'a\0',
    'a\\b',
    './a',
    'a/b',
    'a',
  ),
  fc
    .array(fc.constantFrom('..', '.', '', 'a', 'b', 'outside', 'secret', '\0', 'ж', '\u202e', '\ud800'), {
      maxLength: 6,
    })
    .map((parts) => parts.join('/')),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const nearlyRight = fc.record(
  {
    path: fc.oneof(hostilePath, fc.anything()),
    folder: fc.oneof(hostilePath, fc.anything()),
    content: fc.oneof(fc.string(), fc.anything()),
    replace: fc.oneof(fc.boolean(), fc.anything()),
    from_line: fc.oneof(fc.integer(), fc.anything()),
    from_byte: fc.option(fc.double()),
    lines: fc.option(fc.integer()),
    bytes: fc.option(fc.integer()),
  },
  { requiredKeys: [] },
);
const anyArguments = fc.oneof(
  { weight: 3, arbitrary: nearlyRight },
  { weight: 1, arbitrary: fc.anything({ withNullPrototype: true, withBigInt: true, withSparseArray: true }) },
);

describe.each(tools)('$name, whatever its arguments', ({ title, permission, run, name }) => {
  test('says something short, never throws, and leaves all alone that is outside, or that it has not asked for', async () => {
    await using room = testWorkspace();
    writeFileSync(join(room.outside, 'secret'), SECRET);
    room.put('a', 'inside');
    await fc.assert(
      fc.asyncProperty(anyArguments, async (args) => {
        const asked = permission(args);
        for (const line of [title(args), asked ?? '']) {
          expect(line).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);
          expect(line.length).toBeLessThan(1_000);
        }
        const before = contentOf(room.workspace);
        const answer = await run({
          workspace: room.workspace,
          offer: ({ path }) => expect(path).not.toMatch(/\.\.|^\//),
          signal: new AbortController().signal,
          arguments: args,
        });
        expect(answer.length).toBeGreaterThan(0);
        if (name !== 'list_files') expect(answer.length).toBeLessThan(3_000);
        expect(answer).not.toContain(SECRET);
        if (asked === null) expect(contentOf(room.workspace)).toEqual(before);
        if (asked?.startsWith('write')) expect(contentOf(room.workspace)).toMatchObject(before);
        expect(Object.values(room.untouched())).toEqual([SECRET]);
      }),
      { numRuns: 150 },
    );
  });
});
