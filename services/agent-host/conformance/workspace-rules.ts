import { demandError } from './breach.ts';
import type { Rule } from './rule.ts';
import { openSession, text } from './stage.ts';

export const WORKSPACE_RULES: readonly Rule[] = [
  {
    rule: 'a workspace outside of the volume, by .., as an absolute path or with a NUL, is refused with path_outside_workspace',
    section: 'Rules, paths',
    why: 'The ids of rooms become paths: one that leads out shows one person another’s files, or the host’s.',
    async check(trial) {
      const raw = await trial.client();
      for (const workspace of ['..', '../x', '/etc', 'a/../../b', 'a/../..', 'x\0y']) {
        const open = { type: 'session.open', session_id: `conformance-${crypto.randomUUID()}`, workspace };
        demandError(await raw.request(open), 'path_outside_workspace', { retryable: false });
      }
    },
  },
  {
    rule: 'a workspace in a folder of the volume that begins with a dot is refused with path_outside_workspace',
    section: 'Rules, paths',
    why: 'There lie the data of the host and of surfaces, which no agent may read or write.',
    async check(trial) {
      const raw = await trial.client();
      for (const workspace of ['.host/sessions', '.conformance', './.conformance/x']) {
        const open = { type: 'session.open', session_id: `conformance-${crypto.randomUUID()}`, workspace };
        demandError(await raw.request(open), 'path_outside_workspace');
      }
    },
  },
  {
    rule: 'a session.open that was refused opens nothing',
    section: 'Rules, paths',
    why: 'Otherwise the turn that was sent with it runs in a place that nobody agreed to.',
    async check(trial) {
      const raw = await trial.client();
      const session_id = `conformance-${crypto.randomUUID()}`;
      demandError(await raw.request({ type: 'session.open', session_id, workspace: '../x' }), 'path_outside_workspace');
      const start = { type: 'turn.start', session_id, turn_id: 't', input: text('hello') };
      demandError(await raw.request(start), 'unknown_session');
    },
  },
  {
    rule: 'a workspace may lie deep in the volume, and be that of two sessions',
    section: 'Words',
    why: 'It is the client that lays the folders out: by person and room, or one for a whole team.',
    async check(trial) {
      const raw = await trial.client();
      const workspace = `${await openSession(raw)}/проект 🌍/deep`;
      for (let time = 0; time < 2; time++) {
        const session_id = `conformance-${crypto.randomUUID()}`;
        await raw.request({ type: 'session.open', session_id, workspace }, 'session.opened');
      }
    },
  },
];
