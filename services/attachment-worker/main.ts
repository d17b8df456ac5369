import { adoptRoom } from '../../shared/delivery/adopt-room.ts';
import { openWorkerParts, serveLanes, WORKER_NEEDS, WORKER_VARIABLES } from '../../shared/delivery/lane-worker.ts';
import { sayUtterance } from '../../shared/delivery/say-utterance.ts';
import { maxUploadBytes } from '../../shared/matrix/media.ts';
import { patiently } from '../../shared/runtime/patiently.ts';
import { runRole } from '../../shared/runtime/role.ts';
import type { AttachmentDeps } from './attachment-deps.ts';
import { runItem } from './run-item.ts';
import { openScan } from './scan/open-scan.ts';
import { sweepFiles } from './sweep-files.ts';
import { tellVolume } from './volume-metrics.ts';

await runRole({
  name: 'attachment-worker',
  variables: [
    ...WORKER_VARIABLES,
    'AGENTS_DIR',
    'SURFACES_MAX_FILE_BYTES',
    'SURFACES_QUOTA_ROOM_BYTES',
    'SURFACES_QUOTA_PERSON_BYTES',
    'SURFACES_FILE_WAIT',
    'SURFACES_REFUSE_FILES',
    'SURFACES_SCAN',
    'SURFACES_KEEP_FILES',
  ],
  needs: WORKER_NEEDS,
  async start(context) {
    const { env, log, readiness, stopping, onStop } = context;
    const opened = await openWorkerParts(context, 'attachment-worker');
    const { parts } = opened;
    tellVolume(env.AGENTS_DIR);
    const theirs = await patiently(() => maxUploadBytes(parts.http), 'homeserver', { readiness, stopping, log });
    const deps: AttachmentDeps = {
      database: parts.database,
      http: parts.http,
      agentsDir: env.AGENTS_DIR,
      limits: {
        fileBytes: Math.min(env.SURFACES_MAX_FILE_BYTES, theirs ?? Number.POSITIVE_INFINITY),
        roomBytes: env.SURFACES_QUOTA_ROOM_BYTES,
        personBytes: env.SURFACES_QUOTA_PERSON_BYTES,
        gatherMs: env.SURFACES_FILE_WAIT,
      },
      refused: env.SURFACES_REFUSE_FILES,
      scan: openScan(env.SURFACES_SCAN),
      allow: env.SURFACES_ALLOW,
      say: (utterance, signal) => sayUtterance(utterance, { ageMs: 0, signal }, parts),
      typing: (room, on) => parts.sender.typing(room, parts.self, on),
      adopt: (room) => adoptRoom(room, parts),
      log,
    };
    // Before the lanes, so that it ends behind them: they are not to wait for a sweep.
    onStop('sweep', sweepFiles({ ...deps, keepMs: env.SURFACES_KEEP_FILES }, stopping));
    serveLanes(context, opened, 'attachments', (item, run) => runItem(item, run, deps));
  },
});
