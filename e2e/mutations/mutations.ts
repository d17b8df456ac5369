/** One way to break the product, and the test that has to notice. */
export type Mutation = {
  readonly name: string;
  /** The number of the promise in docs/DELIVERY.md. */
  readonly promise: number;
  readonly file: string;
  /** Has to occur exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  readonly test: { readonly file: string; readonly name: string };
};

const conversation = (name: string) => ({ file: 'e2e/conversation.test.ts', name });
const kill = (name: string) => ({ file: 'e2e/kill.test.ts', name });
const faults = (name: string) => ({ file: 'e2e/faults.test.ts', name });

const questions = (name: string) => ({ file: 'e2e/questions.test.ts', name });
const rooms = (name: string) => ({ file: 'e2e/rooms.test.ts', name });
const context = (name: string) => ({ file: 'e2e/context.test.ts', name });
const limits = (name: string) => ({ file: 'e2e/limits.test.ts', name });
const people = (name: string) => ({ file: 'e2e/people.test.ts', name });

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'a gap in a timeline is not filled',
    promise: 1,
    file: 'services/ingress/read-page.ts',
    find: 'await allSince(http, roomId, { from: to, to: since, signal })',
    replace: '{ events: [] }',
    test: { file: 'e2e/downtime.test.ts', name: 'while everything is down' },
  },
  {
    name: 'an event that cannot be read ends the page',
    promise: 7,
    file: 'services/ingress/read-page.ts',
    find: '    events.inc({ kind: event.kind });',
    replace: "    if (event.kind === 'rejected') throw new Error(event.reason);",
    test: faults('events of every shape'),
  },
  {
    name: 'a repeated send has a new transaction id',
    promise: 3,
    file: 'shared/matrix/see-through.ts',
    find: 'path: options.path,',
    replace: 'path: options.path + attempt,',
    test: faults('lost on the way back'),
  },
  {
    name: 'a successor begins a message of its own',
    promise: 4,
    file: 'shared/delivery/answer-stream.ts',
    find: 'for (const { op, part, id, edits, ageMs } of options.begun) {',
    replace: 'for (const { op, part, id, edits, ageMs } of options.begun.slice(0, 0)) {',
    test: kill('turn-worker, when “word60”'),
  },
  {
    name: 'a turn that goes on is a new turn for the agent',
    promise: 3,
    file: 'services/turn-worker/run-turn.ts',
    find: "const turnId = opId('turn', event);",
    replace: "const turnId = opId('turn', event, Math.random());",
    test: kill('turn-worker, when “word60”'),
  },
  {
    name: 'the final text keeps the live flag',
    promise: 4,
    file: 'shared/surface/answer-content.ts',
    find: "...(streaming ? { 'org.matrix.msc4357.live': {} } : {}),",
    replace: "'org.matrix.msc4357.live': {},",
    test: conversation('grows in one message'),
  },
  {
    name: 'drafts mention the person',
    promise: 8,
    file: 'shared/surface/answer-content.ts',
    find: "return last && asker !== undefined && (state === 'done' || state === 'failed') ?",
    replace: 'return asker !== undefined ?',
    test: conversation('grows in one message'),
  },
  {
    name: 'an edit does not carry dev.surfaces in its new content',
    promise: 3,
    file: 'shared/surface/matrix-content.ts',
    find: "'m.new_content': fresh,",
    replace: "'m.new_content': { ...fresh, 'dev.surfaces': undefined as unknown as Mark },",
    test: conversation('grows in one message'),
  },
  {
    name: 'edits are not capped',
    promise: 8,
    file: 'shared/surface/pace.ts',
    find: 'if (left <= 0) return null;',
    replace: 'if (left > -1000) return 100;',
    test: conversation('keeps to the cap'),
  },
  {
    name: 'all rooms have one session',
    promise: 5,
    file: 'services/command-worker/rooms/ensure-room.ts',
    find: "opId('session', op)",
    replace: "opId('session', op.length)",
    test: conversation('knows nothing of it'),
  },
  {
    name: 'a second invitation makes a second Space',
    promise: 9,
    file: 'services/command-worker/rooms/ensure-space.ts',
    find: "op: opId('space', owner),",
    replace: "op: opId('space', owner, Math.random()),",
    test: conversation('the second one finds'),
  },
  {
    name: '!stop waits for the turn that it should stop',
    promise: 6,
    file: 'shared/matrix/command-placement.ts',
    find: "stop: { placement: 'overtake'",
    replace: "stop: { placement: 'in_order'",
    test: conversation('!stop ends the running turn'),
  },
  {
    name: 'a turn that fails is called done',
    promise: 1,
    file: 'services/turn-worker/turn-outcome.ts',
    find: "return { state: 'failed', text, code,",
    replace: "return { state: 'done', text, code,",
    test: conversation('demo error gives one final'),
  },
  {
    name: 'anybody answers a question',
    promise: 6,
    file: 'services/command-worker/answer-question.ts',
    find: 'open.filter((question) => question.person === person)',
    replace: 'open.filter((question) => question.person !== undefined || person)',
    test: questions('is the business of the one'),
  },
  {
    name: '!clear leaves the old session in Matrix',
    promise: 5,
    file: 'services/command-worker/agent/begin-anew.ts',
    find: '{ session_id: fresh }',
    replace: '{}',
    test: context('!clear gives this room'),
  },
  {
    name: 'a number never picks from a list',
    promise: 5,
    file: 'services/turn-worker/run-turn.ts',
    find: "if (known.picks) throw new HandOver('commands');",
    replace: "if (known.picks && never) throw new HandOver('commands');",
    test: rooms('lists them by number'),
  },
  {
    name: 'among several people the agent answers everything',
    promise: 8,
    file: 'services/turn-worker/admit-message.ts',
    find: 'if (guests.length > 0 &&',
    replace: 'if (guests.length > 99 &&',
    test: people('with guests answers'),
  },
  {
    name: 'files and their text are turns of their own',
    promise: 9,
    file: 'services/attachment-worker/in/gather.ts',
    find: 'if (behind) return belongsTo(file, behind, waitMs);',
    replace: 'if (behind) return false;',
    test: { file: 'e2e/files.test.ts', name: 'and more of them, and the text that belongs to them, are one turn' },
  },
  {
    name: 'a file of an agent is another one in each process',
    promise: 9,
    file: 'services/turn-worker/agent-files.ts',
    find: "opId('file', this.#options.turnId, offer.file_id)",
    replace: "opId('file', this.#options.turnId, offer.file_id, process.pid)",
    test: { file: 'e2e/files-offered.test.ts', name: 'is shown once, though the turn worker is killed' },
  },
  {
    name: 'what follows a file does not wait for it',
    promise: 9,
    file: 'shared/delivery/gates.ts',
    find: 'const gate: Gate = { at, isOpen: false };',
    replace: 'const gate: Gate = { at, isOpen: true };',
    test: { file: 'e2e/files-offered.test.ts', name: 'is waited for by what is said behind it' },
  },
  {
    name: 'the path of an offer is taken as it is',
    promise: 9,
    file: 'shared/volume/offered-path.ts',
    find: "if (parts.includes('..')) throw",
    replace: "if (parts.includes('...')) throw",
    test: { file: 'e2e/files-offered.test.ts', name: 'of any other kind is told in its place' },
  },
  {
    name: 'an agent that was chosen for a room is not told to the host',
    promise: 5,
    file: 'services/command-worker/agent/begin-anew.ts',
    find: 'if (agent !== undefined) await parts.agent.openSession(fresh, fresh, agent);',
    replace: '',
    test: { file: 'e2e/agents.test.ts', name: 'shows who answers and who could' },
  },
  {
    name: 'what an old backup had waiting is answered again',
    promise: 10,
    file: 'services/turn-worker/answered-long-ago.ts',
    find: 'return isWhole;',
    replace: 'return false;',
    test: { file: 'e2e/lost-record.test.ts', name: 'what waited in it and was answered since' },
  },
  {
    name: 'each refused message has a notice of its own',
    promise: 8,
    file: 'services/ingress/queue-limit.ts',
    find: 'known.flood ??= laneOf.flood(person, key as EventId);',
    replace: 'known.flood = laneOf.flood(person, key as EventId);',
    test: limits('one notice that counts'),
  },
  {
    name: 'the end of a turn wakes nobody who waits for it',
    promise: 8,
    file: 'services/turn-worker/take-place.ts',
    find: 'if (next !== null) await nudge(next).catch(() => {});',
    replace: '',
    test: limits('one turn runs at a time'),
  },
  {
    name: 'a minute lets any number start',
    promise: 8,
    file: 'shared/limits/admission-script.ts',
    find: 'if many >= limit then',
    replace: 'if false then',
    test: limits('so many messages a minute'),
  },
  {
    name: 'what a yes confirms has no place where the yes was sent',
    promise: 2,
    file: 'shared/matrix/classify.ts',
    find: "return body.name === 'yes' ? [command, placeOfConfirmed(body)] : [command];",
    replace: 'return [command];',
    test: context('!clear has its place'),
  },
  {
    name: 'a command that was taken back is carried out',
    promise: 2,
    file: 'services/command-worker/run-item.ts',
    find: '  if (dropped) return dropped;',
    replace: '',
    test: context('is not carried out where it was taken back'),
  },
];
