import { statfs } from 'node:fs/promises';
import { gauge } from '../../shared/runtime/metrics.ts';

/** Begins to tell how full the volume is, looked at when somebody asks. One that cannot be looked at has no room. */
export function tellVolume(agentsDir: string): void {
  const size = gauge('volume_size_bytes', 'size of the volume AGENTS_DIR');
  gauge('volume_free_bytes', 'what is free of the volume AGENTS_DIR', [], async (free) => {
    try {
      const { bavail, bsize, blocks } = await statfs(agentsDir);
      size.set(blocks * bsize);
      free.set(bavail * bsize);
    } catch {
      free.set(0);
    }
  });
}
