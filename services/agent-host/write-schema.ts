import { readFile, writeFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { protocolSchema } from '../../shared/agent-protocol/json-schema.ts';

const FILE = new URL('../../docs/agent-protocol.schema.json', import.meta.url);

/** `node services/agent-host/write-schema.ts [--check]`: writes the JSON Schema; with --check ends with 1 where it differs. */
const fresh = protocolSchema();
if (!process.argv.includes('--check')) await writeFile(FILE, `${JSON.stringify(fresh, null, 2)}\n`);
else if (!isDeepStrictEqual(JSON.parse(await readFile(FILE, 'utf8').catch(() => 'null')), fresh)) {
  process.stderr.write(
    'docs/agent-protocol.schema.json is not what the code says; run: node services/agent-host/write-schema.ts\n',
  );
  process.exit(1);
}
