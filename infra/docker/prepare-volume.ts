import { chmodSync, chownSync, statSync } from 'node:fs';

// As root, once before the roles: `AGENTS_DIR` gets the owner and mode of docs/FILES.md, wherever the volume came from. What is in it stays
// as it is.
const MODE = 0o3770;
const OWNER = 1000;
const GROUP = Number(process.env.AGENTS_GROUP || 1000);

const folder = process.env.AGENTS_DIR ?? '/agents';
const { uid, gid, mode } = statSync(folder);
if (uid !== OWNER || gid !== GROUP) chownSync(folder, OWNER, GROUP);
// After chown, which takes setgid away.
if (uid !== OWNER || gid !== GROUP || (mode & 0o7777) !== MODE) chmodSync(folder, MODE);
process.stdout.write(`${folder}: owner ${OWNER}:${GROUP}, mode ${MODE.toString(8)}\n`);
