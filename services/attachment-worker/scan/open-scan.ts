import { clamdScan } from './clamd.ts';
import { commandScan } from './command.ts';
import type { Scan } from './scan.ts';

/** The scan that SURFACES_SCAN names: `clamd://host:port`, `clamd:///path/of/socket`, `exec:/path/of/program`; null for none. */
export function openScan(named: string): Scan | null {
  if (named === '') return null;
  if (named.startsWith('exec:')) return commandScan(named.slice('exec:'.length));
  const { hostname, port, pathname } = new URL(named);
  return clamdScan(hostname === '' ? { path: pathname } : { host: hostname, port: Number(port || 3310) });
}
