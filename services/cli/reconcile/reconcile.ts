import { parseArgs } from 'node:util';
import { readEnv } from '../../../shared/config/read-env.ts';
import { describe } from '../../../shared/errors/surfaces-error.ts';
import { whoami } from '../../../shared/matrix/account.ts';
import { createMatrixHttp, type MatrixHttp } from '../../../shared/matrix/http.ts';
import { planText } from '../../../shared/reconcile/plan-text.ts';
import { compare } from '../../../shared/reconcile/run-reconcile.ts';
import { assertSchema } from '../../../shared/store/migrate.ts';
import { type Database, openDatabase } from '../../../shared/store/postgres.ts';
import type { RunKind } from '../../../shared/store/reconcile-runs.ts';
import { asOperator } from '../as-operator.ts';
import { environmentOfStack } from '../settings-of-stack.ts';
import { askAndWait } from './ask-and-wait.ts';

const FAILED = 1;
const SOMETHING_TO_DO = 2;

/**
 * `reconcile [--dry-run] [--light] [--json]`: compares Matrix with the record, and has it mended. @returns 0 where nothing is
 * to be done, or it is done; 2 where something is; 1 for any error, of whatever kind.
 */
export async function reconcile(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { 'dry-run': { type: 'boolean' }, light: { type: 'boolean' }, json: { type: 'boolean' } },
  });
  const { json = false, light = false, 'dry-run': dry = false } = values;
  const environment = environmentOfStack(process.env);
  const { DATABASE_URL, SURFACES_NAMESPACE } = readEnv(environment, ['DATABASE_URL', 'SURFACES_NAMESPACE']);
  const server = dry ? readEnv(environment, ['MATRIX_HOMESERVER_URL', 'MATRIX_ACCESS_TOKEN']) : undefined;
  const database = openDatabase(DATABASE_URL, {
    namespace: SURFACES_NAMESPACE,
    max: 1,
    applicationName: 'surfaces reconcile',
  });
  const http =
    server && createMatrixHttp({ baseUrl: server.MATRIX_HOMESERVER_URL, accessToken: server.MATRIX_ACCESS_TOKEN });
  const kind: RunKind = light ? 'light' : 'full';
  try {
    await assertSchema(database);
    return http ? await look(kind, json, database, http) : await mend(kind, json, database);
  } catch (error) {
    process.stderr.write(`surfaces: ${describe(error)}\n`);
    return FAILED;
  } finally {
    await http?.close();
    await database.close();
  }
}

async function mend(kind: RunKind, json: boolean, database: Database): Promise<number> {
  let code = FAILED;
  await asOperator(database, { act: 'reconcile', subject: kind }, async () => {
    code = await askAndWait(kind, json, database);
    return {
      state: 'done',
      text: code === 0 ? 'a reconcile worker has done it' : 'it was asked for; it failed, or nobody has taken it yet',
    };
  });
  return code;
}

async function look(kind: RunKind, json: boolean, database: Database, http: MatrixHttp): Promise<number> {
  const { userId: self } = await whoami(http);
  const found = await compare(kind, { database, http, self });
  const { plan, rooms, ms } = found;
  const asJson = () => `${JSON.stringify({ ...plan, rooms, ms: Math.round(ms) }, null, 2)}\n`;
  process.stdout.write(json ? asJson() : planText(found));
  return plan.actions.length === 0 ? 0 : SOMETHING_TO_DO;
}
