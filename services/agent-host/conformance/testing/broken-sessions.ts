import type { Frame } from '../frame.ts';
import { answered, asRequested, type BrokenHost, hears, only, sends, without } from './faults.ts';
import type { Wire } from './proxy.ts';

const welcomeWith = (name: string) =>
  only('welcome', (frame) => ({ ...frame, capabilities: { ...(frame.capabilities as object), [name]: false } }));

/** Hosts that promise what they do not do, or do wrong by sessions and snapshots. */
export const BROKEN_SESSIONS: readonly BrokenHost[] = [
  {
    host: 'says that it has no snapshots and saves them',
    rule: 'without snapshots',
    shows: 'unsupported',
    fault: sends(welcomeWith('snapshots')),
  },
  {
    host: 'says that it never asks and asks',
    rule: 'without permissions never asks',
    shows: 'no permission.request',
    fault: sends(welcomeWith('permissions')),
  },
  {
    host: 'says that it offers no files and offers one',
    rule: 'without files never offers',
    shows: 'no file.offer',
    fault: sends(welcomeWith('files')),
  },
  {
    host: 'says that it knows no context and reports one',
    rule: 'without context answers',
    shows: 'not_reported',
    fault: sends(welcomeWith('context')),
  },
  {
    host: 'says that it knows the context and does not report it',
    rule: 'a host with context',
    shows: 'categories',
    fault: asRequested('context.get', (frame) => ({ ...frame, result: { categories: 'not_reported' } })),
  },
  {
    host: 'takes every session for idle',
    rule: 'session.open says running',
    shows: 'running',
    fault: sends(only('session.opened', (frame) => ({ ...without(frame, 'turn_id', 'last_seq'), state: 'idle' }))),
  },
  {
    host: 'opens sessions by itself',
    rule: 'never opened is refused',
    shows: 'unknown_session',
    fault: hears((frame) => {
      if (frame.type !== 'session.reset' && frame.type !== 'turn.start') return frame;
      const { session_id } = frame;
      return [{ type: 'session.open', id: 'proxy-open', session_id, workspace: String(session_id) }, frame];
    }),
  },
  {
    host: 'says busy without saying with which turn',
    rule: 'a second turn in a session',
    shows: 'turn_id',
    fault: sends((frame) => (frame.code === 'session_busy' ? without(frame, 'turn_id') : frame)),
  },
  {
    host: 'lists no session',
    rule: 'session.list names',
    shows: 'running',
    fault: asRequested('session.list', (frame) => ({ ...frame, result: { sessions: [] } })),
  },
  {
    host: 'takes the .. out of paths',
    rule: 'a workspace outside of the volume',
    shows: 'path_outside_workspace',
    fault: hears(only('session.open', tamed)),
  },
  {
    host: 'does as asked by whoever knows a snapshot’s name',
    rule: 'listed for its owner alone',
    shows: 'snapshots with the names []',
    fault: asRequested('snapshot.list', (frame, _, wire) => {
      const first = (wire.memory.get('first') as Frame | undefined) ?? frame;
      wire.memory.set('first', first);
      return { ...frame, result: first.result };
    }),
  },
  {
    host: 'deletes no snapshot',
    rule: 'a snapshot that was deleted',
    shows: 'unknown_snapshot',
    fault: hears(only('snapshot.delete', answered())),
  },
];

function tamed(frame: Frame, _: Wire): Frame {
  const workspace = String(frame.workspace)
    .split('/')
    .filter((part) => part !== '..' && part !== '')
    .join('/');
  return { ...frame, workspace: workspace || 'x' };
}
