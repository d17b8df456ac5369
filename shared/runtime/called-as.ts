import { basename } from 'node:path';

/** Whether this process runs in the image of surfaces. */
export const IN_THE_IMAGE = basename(process.argv[1] ?? '') === 'entry.ts';

/** What stands before a command of the CLI in a sentence: in an image there is no npm, and what starts a container for it is the operator's. */
export const CALLED_AS = IN_THE_IMAGE ? 'surfaces' : 'npm run surfaces --';

/** What starts the roles, in a sentence. */
export const STARTED_WITH = IN_THE_IMAGE ? 'docker compose --env-file prod.env up -d' : 'npm run up';
