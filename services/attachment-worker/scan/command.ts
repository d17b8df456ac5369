import { execFile } from 'node:child_process';
import { SurfacesError } from '../../../shared/errors/surfaces-error.ts';
import type { Scan } from './scan.ts';

const PATIENCE_MS = 120_000;

/** A program that is given the path: exit code 0 lets the file pass, 1 refuses it, anything else is a scan that failed. */
export function commandScan(program: string): Scan {
  return (path, signal) =>
    new Promise((resolve, reject) => {
      const options = { timeout: PATIENCE_MS, killSignal: 'SIGKILL', maxBuffer: 64 * 1024, signal } as const;
      execFile(program, [path], options, (error, stdout, stderr) => {
        if (error === null) resolve();
        else if (signal.aborted) reject(signal.reason);
        else if (error.code === 1) reject(new SurfacesError('file_refused', `the scan found: ${firstLine(stdout)}`));
        else reject(new SurfacesError('scan_unavailable', `${program}: ${firstLine(stderr) || error.message}`));
      });
    });
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]!.slice(0, 200);
}
