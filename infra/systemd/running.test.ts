import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPerson } from '../../e2e/people.ts';
import { Resident } from '../../e2e/test-stack.ts';
import { surfacesOf } from '../../services/cli/demo/person/answers.ts';
import { dropFile } from '../../services/cli/demo/person/files.ts';
import { inviteBot } from '../../services/cli/demo/person/onboarding.ts';
import { messagesOf, newest } from '../../services/cli/demo/person/room-history.ts';
import { freePort } from '../../shared/runtime/free-port.ts';
import { type Account, liftRateLimits, register } from '../../shared/stack/accounts.ts';
import { dropSchema } from '../../shared/store/fresh-database.ts';
import { RealSystemd, whyNot, writeSetting } from './testing/real-systemd.ts';

const { DATABASE_URL, REDIS_URL, MATRIX_HOMESERVER_URL, TEST_REGISTRATION_SECRET } = process.env;
const NAMESPACE = `test_units_${process.pid}`;
const WORKERS = ['ingress', 'command-worker', 'turn-worker', 'attachment-worker', 'reconcile-worker'];
const ROLES = [...WORKERS.map((role) => `surfaces-${role}@1`), 'surfaces-ops', 'surfaces-agent-host'];
const START_MS = 60_000;
const opsPort = await freePort();

const servers = DATABASE_URL && REDIS_URL && MATRIX_HOMESERVER_URL && TEST_REGISTRATION_SECRET;
const why = whyNot() ?? (servers ? undefined : 'a server for the tests is missing');
const title = `under a real systemd${why ? ` (skipped: ${why})` : ''}`;

describe.skipIf(why !== undefined)(title, { timeout: START_MS }, () => {
  const settings = mkdtempSync(join(tmpdir(), 'surfaces-units-'));
  let systemd: RealSystemd;
  let bot: Account;

  beforeAll(async () => {
    bot = await writeSettings(settings);
    systemd = await RealSystemd.boot(settings);
    // As docs/OPERATIONS.md says it.
    await systemd.run('cp', '-r', '/opt/surfaces/infra/systemd/system/.', '/etc/systemd/system');
    await systemd.run('systemd-sysusers', '/opt/surfaces/infra/systemd/sysusers.d/surfaces.conf');
    await systemd.run('systemd-tmpfiles', '--create', '/opt/surfaces/infra/systemd/tmpfiles.d/surfaces.conf');
    // There is no journal.
    dropIn('surfaces-', 'StandardOutput=append:/run/log/%N.log', 'StandardError=inherit');
    dropIn('surfaces-ops', 'WatchdogSec=3');
    await systemd.run('systemctl', 'daemon-reload');
    await systemd.run('systemctl', 'enable', '--now', '--no-block', 'surfaces.target', 'surfaces-agent-host');
  }, START_MS);
  afterAll(async () => {
    await systemd?.stop();
    rmSync(settings, { recursive: true, force: true });
    await dropSchema(DATABASE_URL!, NAMESPACE);
  }, START_MS);

  function dropIn(unit: string, ...lines: string[]): void {
    const folder = systemd.path(`/etc/systemd/system/${unit}.service.d`);
    writeSetting(folder, '90-test.conf', `[Service]\n${lines.join('\n')}\n`);
  }
  const pidOf = async (unit: string) => (await systemd.show(unit, 'MainPID')).MainPID!;
  const untilReady = async (unit: string, restarts: number) => {
    const log = systemd.path(`/run/log/${unit}.log`);
    const state = async () => {
      const { ActiveState, StatusText, NRestarts } = await systemd.show(unit, 'ActiveState', 'StatusText', 'NRestarts');
      const is = `${ActiveState}, ${StatusText}, restarts: ${NRestarts}`;
      return StatusText === 'ready' ? is : `${is}\n${existsSync(log) ? readFileSync(log, 'utf8').slice(-2_000) : ''}`;
    };
    await expect.poll(state, { timeout: START_MS, interval: 200 }).toBe(`active, ready, restarts: ${restarts}`);
  };

  test.each(ROLES)('%s starts, as hardened as it is, and gets ready', async (unit) => {
    await untilReady(unit, 0);
    const answer = unit === 'surfaces-ops' ? fetch(`http://127.0.0.1:${opsPort}/ready`) : systemd.ask(unit, '/ready');
    expect(await answer).toMatchObject({ status: 200 });
  });

  test('a person has an answer, and files go both ways through the volume', async () => {
    const person = await newPerson(
      { url: MATRIX_HOMESERVER_URL!, registration_shared_secret: TEST_REGISTRATION_SECRET! },
      'ann',
    );
    try {
      const ann = new Resident(person, bot.user_id, await inviteBot(person, bot.user_id, undefined, START_MS));
      const file = { name: 'list.txt', content: Buffer.from('first line'), type: 'text/plain' };
      const { eventId } = await dropFile(person, ann.home.room, file);
      expect((await ann.untilAnswered(eventId)).text).toContain('first line');
      const question = await ann.say('demo file report.txt size=1k');
      expect((await ann.untilAnswered(question)).state).toBe('done');
      const shown = () => messagesOf(person.room(ann.home.room)).find((each) => surfacesOf(each).kind === 'file');
      expect(newest(await person.until('the file', shown)).content).toMatchObject({ filename: 'report.txt' });
    } finally {
      await person.stop();
    }
  });

  test('each sees its own secrets, and the volume where it has to', async () => {
    for (const unit of ROLES) {
      const root = systemd.path(`/proc/${await pidOf(unit)}/root`);
      expect(readdirSync(join(root, 'run/credentials')), unit).toEqual([`${unit}.service`]);
      const closed = (statSync(join(root, 'srv/surfaces/agents')).mode & 0o777) === 0;
      const opens = ['surfaces-command-worker@1', 'surfaces-attachment-worker@1', 'surfaces-agent-host'].includes(unit);
      expect(closed, unit).toBe(!opens);
    }
    const [role, agents] = await Promise.all(['surfaces-turn-worker@1', 'surfaces-agent-host'].map(userOf));
    expect(role).not.toBe(agents);
  });
  const userOf = async (unit: string) => statSync(systemd.path(`/proc/${await pidOf(unit)}`)).uid;

  test('one that is stuck is started again', async () => {
    await systemd.run('kill', '-STOP', await pidOf('surfaces-ops'));
    await untilReady('surfaces-ops', 1);
  });

  test('one that needs an operator stays down, and says why', async () => {
    writeSetting(systemd.path('/etc/surfaces'), 'credentials/matrix-access-token', 'syt_nobody\n');
    await systemd.run('systemctl', 'restart', 'surfaces-ingress@1');
    const properties = ['ActiveState', 'ExecMainStatus', 'NRestarts'];
    const down = { ActiveState: 'failed', ExecMainStatus: '78', NRestarts: '0' };
    await expect.poll(() => systemd.show('surfaces-ingress@1', ...properties), { timeout: 20_000 }).toEqual(down);
    expect(await systemd.show('surfaces-ingress@1', 'StatusText')).toMatchObject({
      StatusText: expect.stringContaining('matrix_token_invalid'),
    });
  });

  test('all of them stop with the target, by themselves', async () => {
    await systemd.run('systemctl', 'stop', 'surfaces.target');
    for (const unit of ROLES.filter((each) => each !== 'surfaces-ingress@1')) {
      const stopped = { ActiveState: 'inactive', Result: 'success' };
      // systemctl waits for the target alone; its units are stopped by jobs of their own.
      const state = () => systemd.show(unit, 'ActiveState', 'Result');
      await expect.poll(state, { timeout: 15_000, message: unit }).toEqual(stopped);
    }
  });
});

/** @returns the bot. */
async function writeSettings(settings: string): Promise<Account> {
  const homeserver = MATRIX_HOMESERVER_URL!;
  const secret = TEST_REGISTRATION_SECRET!;
  const admin = await register(homeserver, secret, `admin-${NAMESPACE}`, { admin: true });
  const bot = await register(homeserver, secret, `bot-${NAMESPACE}`);
  await liftRateLimits(homeserver, admin.access_token, bot.user_id);
  const variables = {
    SURFACES_NAMESPACE: NAMESPACE,
    MATRIX_HOMESERVER_URL: homeserver,
    SURFACES_ALLOW: '*',
    AGENT: 'demo',
    AGENT_URL: `ws://127.0.0.1:${await freePort()}`,
    OPS_USER: 'operator',
  };
  chmodSync(settings, 0o755);
  writeSetting(
    settings,
    'surfaces.env',
    Object.entries(variables)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  writeSetting(settings, 'surfaces-ops.env', `SURFACES_HTTP_PORT=${opsPort}\n`);
  const credentials = {
    'database-url': DATABASE_URL!,
    'redis-url': REDIS_URL!,
    'matrix-access-token': bot.access_token,
    'agent-token': 'a long random text for the agent host',
    'ops-password': 'a long random text for the operator',
  };
  for (const [name, value] of Object.entries(credentials)) writeSetting(settings, `credentials/${name}`, `${value}\n`);
  return bot;
}
