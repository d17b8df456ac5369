/** SQLSTATE classes and codes that say “not now” and nothing about the statement. */
const CLASSES = new Set(['08', '53']);
const CODES = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  '57014', // query_canceled: statement_timeout
  '25006', // read_only_sql_transaction: a standby that has not been promoted
  '25P03', // idle_in_transaction_session_timeout
]);
const SYSTEM = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ECONNABORTED',
  'ENOENT',
]);
const MESSAGES =
  /connection terminated|connection error|query read timeout|timeout exceeded|client was closed|cannot use a pool/i;

/**
 * What is wrong with the way to Postgres, or null where the error is about the statement itself. pg has no class for
 * the errors of a cut connection, hence the look at its messages.
 */
export function databaseTrouble(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const code = (error as { code?: string }).code ?? '';
  if (CODES.has(code) || SYSTEM.has(code) || (code.length === 5 && CLASSES.has(code.slice(0, 2)))) return code;
  if (code === '' && MESSAGES.test(error.message)) return error.message;
  return null;
}
