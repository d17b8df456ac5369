import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, answerTo, isFinal, repliesTo, surfacesOf } from '../services/cli/demo/person/answers.ts';
import { type ClientApi, openClientApi } from '../services/cli/demo/person/client-api.ts';
import { type Home, inviteBot } from '../services/cli/demo/person/onboarding.ts';
import type { Person } from '../services/cli/demo/person/person.ts';
import { type Message, messagesOf, newest, type Surfaces } from '../services/cli/demo/person/room-history.ts';
import type { RunningRole, Stack } from '../shared/stack/stack-file.ts';
import { checkRoom, type Expectation } from './check-room.ts';
import { newPerson } from './people.ts';
import { runSurfaces } from './run-surfaces.ts';
import { untilTrue } from './until-true.ts';

/** The home of a stack that is up already: while one works on a test, it need not be started each time. Nothing stops it. */
const ATTACHED = process.env.SURFACES_E2E_HOME;

/** What the test run itself uses is not what the stack under test is to use. */
const NOT_INHERITED = [
  'DATABASE_URL',
  'REDIS_URL',
  'MATRIX_HOMESERVER_URL',
  'MATRIX_ACCESS_TOKEN',
  'AGENT',
  'AGENT_URL',
  'AGENT_TOKEN',
  'AGENTS_DIR',
  'SURFACES_ENV',
  'SURFACES_NAMESPACE',
  'NODE_ENV',
];

/** A whole stack in a home of its own, driven by nothing but its commands, `stack.json` and signals. */
export class TestStack {
  readonly home: string;
  readonly #environment: Record<string, string | undefined>;
  readonly #scale: readonly string[];
  readonly #people: Person[] = [];

  constructor(options: { scale?: Record<string, number>; env?: Record<string, string> } = {}) {
    this.home = ATTACHED ?? mkdtempSync(join(tmpdir(), 'surfaces-e2e-'));
    this.#environment = { ...process.env };
    for (const name of NOT_INHERITED) delete this.#environment[name];
    Object.assign(this.#environment, options.env, { SURFACES_HOME: this.home });
    this.#scale = Object.entries(options.scale ?? {}).flatMap(([role, n]) => ['--scale', `${role}=${n}`]);
  }

  /** `up --detach`: afterwards every role is ready. */
  async up(): Promise<this> {
    await this.#run('up', ...this.#scale, '--detach');
    return this;
  }

  async down(...options: string[]): Promise<void> {
    await this.#run('down', ...options);
  }

  /** Ends people and stack, and removes what they left. */
  async end(): Promise<void> {
    await Promise.all(this.#people.map((person) => person.stop()));
    const keep = ATTACHED ?? process.env.SURFACES_E2E_KEEP;
    await this.down(...(keep ? [] : ['--purge']));
    if (!keep) rmSync(this.home, { recursive: true, force: true });
  }

  get stack(): Stack {
    return JSON.parse(readFileSync(join(this.home, 'stack.json'), 'utf8')) as Stack;
  }

  get bot(): string {
    return this.stack.bot.user_id;
  }

  role(name: string, index = 1): RunningRole {
    const found = this.stack.roles.find((role) => role.role === name && role.index === index);
    if (!found) throw new Error(`stack.json lists no ${name} ${index}`);
    return found;
  }

  /** Sends SIGKILL to a role. @returns its pid, for `untilBack`. */
  kill(name: string, index = 1): number {
    const { pid } = this.role(name, index);
    process.kill(pid, 'SIGKILL');
    return pid;
  }

  /** Waits until a killed role has another pid and is ready. @returns how long each took, in ms. */
  async untilBack(name: string, killed: number, index = 1): Promise<{ pidMs: number; readyMs: number }> {
    const began = performance.now();
    await untilTrue(`${name} to have a new pid`, () => this.role(name, index).pid !== killed);
    const pidMs = performance.now() - began;
    await untilTrue(`${name} to be ready again`, async () => (await fetch(`${this.role(name, index).url}/ready`)).ok);
    return { pidMs, readyMs: performance.now() - began };
  }

  /** The log lines of a role, for messages of failed tests. */
  log(name: string, index = 1): string {
    return readFileSync(join(this.home, 'logs', `${name}-${index}.log`), 'utf8');
  }

  /** Somebody new, on the stack's own homeserver or on `homeserver`. */
  async person(name = 'ann', homeserver: Parameters<typeof newPerson>[0] = this.stack.homeserver): Promise<Person> {
    const person = await newPerson(homeserver, name);
    this.#people.push(person);
    return person;
  }

  /** Somebody new who has invited the bot and stands in their first room. */
  async atHome(name?: string, homeserver?: Parameters<typeof newPerson>[0]): Promise<Resident> {
    const person = await this.person(name, homeserver);
    const home = await inviteBot(person, this.bot, undefined, 60_000);
    return new Resident(person, this.bot, home);
  }

  async #run(...command: string[]): Promise<void> {
    if (!ATTACHED) await this.operate(...command);
  }

  /** A command of the operator that has to end well. @throws Error with what it said where it does not. */
  async operate(...command: string[]): Promise<void> {
    const { code, output } = await this.surfaces(...command);
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${output}`);
  }

  /** A command of the operator: how it ended, and what it said on both streams. */
  async surfaces(...command: string[]): Promise<{ readonly code: number | null; readonly output: string }> {
    const run = runSurfaces(command, this.#environment);
    return { code: await run.ended, output: run.output };
  }

  /** The client API with the bot's own hands, as an operator with its token has it. */
  asBot(): ClientApi {
    const kept = JSON.parse(readFileSync(join(this.home, 'kept.json'), 'utf8')) as { secrets: Record<string, string> };
    return openClientApi(this.stack.homeserver.url, kept.secrets.token_surfaces);
  }
}

/** A message of the bot as it stands now. */
export type Reply = {
  readonly text: string;
  readonly html: string;
  readonly surfaces: Surfaces;
  readonly message: Message;
};

function replyOf(message: Message): Reply {
  const { body = '', formatted_body = '' } = newest(message).content;
  return { text: body, html: formatted_body, surfaces: surfacesOf(message), message };
}

/** A person in their room. */
export class Resident {
  readonly person: Person;
  readonly bot: string;
  readonly home: Home & { dm: string };

  constructor(person: Person, bot: string, home: Home & { dm: string }) {
    this.person = person;
    this.bot = bot;
    this.home = home;
  }

  /** Says something in the room. @returns the event id. */
  async say(text: string): Promise<string> {
    return (await this.person.say(this.home.room, text)).eventId;
  }

  answer(eventId: string): Answer {
    return answerTo(this.person.room(this.home.room), this.bot, eventId);
  }

  async untilAnswered(eventId: string, timeoutMs = 60_000): Promise<Answer> {
    return this.person.until(
      `the answer to ${eventId}`,
      () => {
        const answer = this.answer(eventId);
        return isFinal(answer) && answer;
      },
      timeoutMs,
    );
  }

  /** Says something and waits for the whole answer. */
  async ask(text: string, timeoutMs?: number): Promise<Answer> {
    return this.untilAnswered(await this.say(text), timeoutMs);
  }

  /** Waits until an answer shows a text, and still streams. */
  async untilShows(eventId: string, text: string): Promise<Answer> {
    return this.person.until(`“${text}” in the answer to ${eventId}`, () => {
      const answer = this.answer(eventId);
      return answer.text.includes(text) && answer;
    });
  }

  /** Gives a command and waits for its reply, or for another message about it, such as the question whether to do it. */
  async command(text: string, room = this.home.room, timeoutMs?: number): Promise<Reply> {
    const { eventId } = await this.person.say(room, text);
    return this.untilReplied(eventId, room, timeoutMs);
  }

  async untilReplied(eventId: string, room = this.home.room, timeoutMs?: number): Promise<Reply> {
    const reply = () =>
      repliesTo(this.person.room(room), this.bot, eventId).find((each) => surfacesOf(each).kind !== 'answer');
    return replyOf(await this.person.until(`a reply to ${eventId}`, reply, timeoutMs));
  }

  /** The newest question that was put here and matches; as it stands now. */
  question(matches: string, room = this.home.room): Reply | undefined {
    const questions = messagesOf(this.person.room(room)).filter((message) => surfacesOf(message).ask !== undefined);
    const found = questions.findLast((message) =>
      message.versions.some(({ content }) => content.body?.includes(matches)),
    );
    return found && replyOf(found);
  }

  async untilAsked(matches: string, room = this.home.room): Promise<Reply> {
    return this.person.until(`the question “${matches}”`, () => this.question(matches, room));
  }

  /** Waits until a question has been settled. @returns its outcome. */
  async untilSettled(matches: string, room = this.home.room, timeoutMs?: number): Promise<string> {
    return this.person.until(
      `the outcome of “${matches}”`,
      () => this.question(matches, room)?.surfaces.outcome,
      timeoutMs,
    );
  }

  /** Breaches of the promises in the room; empty when all is well. */
  breaches(expectation: Partial<Expectation> = {}): string[] {
    return checkRoom(this.person.room(this.home.room), { bot: this.bot, complete: true, ...expectation });
  }
}
