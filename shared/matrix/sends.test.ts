import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { HttpProxy, isSend, limited, PASS } from '../../e2e/http-proxy.ts';
import { type OpId, opId, type RoomId } from '../ids/ids.ts';
import { findByOp } from './find-by-op.ts';
import { createMatrixHttp, type MatrixHttp, path } from './http.ts';
import { type FirstSend, type Sender, txnIdOf } from './sends.ts';
import { HOMESERVER, newPerson, roomOf, senderOf, type TestPerson } from './test-people.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });

describe.skipIf(!HOMESERVER)('the sender, on a real homeserver', () => {
  let proxy: HttpProxy;
  let http: MatrixHttp;
  let bot: TestPerson;
  let sender: Sender;
  beforeAll(async () => {
    proxy = await new HttpProxy(HOMESERVER!).start();
    bot = await newPerson('bot', { bot: true });
    http = createMatrixHttp({ baseUrl: proxy.url, accessToken: bot.accessToken });
  });
  afterAll(async () => {
    await http.close();
    await bot.http.close();
    proxy.stop();
  });
  afterEach(async () => {
    await sender.close();
    proxy.fate = () => PASS;
    proxy.calls.length = 0;
  });

  const text = (room: RoomId, body: string, more: Partial<FirstSend> = {}): FirstSend => ({
    room,
    type: 'm.room.message',
    txnId: txnIdOf(opId('test', room, body), 'open'),
    priority: 'first',
    content: { msgtype: 'm.text', body, 'dev.surfaces': { op: opId('test', room, body) } },
    ...more,
  });
  const newSender = () => {
    sender = senderOf(http);
    return sender;
  };
  /** What stands in the room, oldest first. */
  const said = async (room: RoomId) => {
    const answer = await bot.http.request<{ chunk: { type: string; event_id: string; content: { body: string } }[] }>({
      kind: 'test',
      method: 'GET',
      path: path`/_matrix/client/v3/rooms/${room}/messages`,
      query: { dir: 'b', limit: 500 },
    });
    return answer.chunk.filter((event) => event.type === 'm.room.message').toReversed();
  };

  test('answers that get lost on the way: every event once, and its id is learnt', async () => {
    const room = await roomOf(bot);
    let puts = 0;
    proxy.fate = (call) => (isSend(call) && puts++ % 2 === 0 ? { do: 'lose_answer' } : PASS);
    const ids: string[] = [];
    for (let index = 0; index < 6; index++) ids.push(await newSender().sendEvent(text(room, `${index}`)));
    const events = await said(room);
    expect(events.map((event) => event.content.body)).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(events.map((event) => event.event_id)).toEqual(ids);
    expect(puts).toBe(12);
  });

  test('connections that are cut before, and a homeserver that answers 500: nothing lost, nothing twice', async () => {
    const room = await roomOf(bot);
    let puts = 0;
    const broken = { do: 'answer', status: 500, body: { errcode: 'M_UNKNOWN' } } as const;
    proxy.fate = (call) => (!isSend(call) ? PASS : [{ do: 'reset' } as const, broken, PASS][puts++ % 3]!);
    newSender();
    for (let index = 0; index < 4; index++) await sender.sendEvent(text(room, `${index}`));
    expect((await said(room)).map((event) => event.content.body)).toEqual(['0', '1', '2', '3']);
  });

  test('an edit that must not arrive any more is not tried again', async () => {
    const room = await roomOf(bot);
    let puts = 0;
    proxy.fate = (call) => (isSend(call) && puts++ === 0 ? { do: 'reset' } : PASS);
    let holds = true;
    const content = () => (holds ? { msgtype: 'm.notice', body: 'late' } : null);
    const edit = newSender().sendEvent({ room, type: 'm.room.message', txnId: 'edit.1', priority: 'middle', content });
    await expect.poll(() => puts).toBe(1);
    holds = false;
    await expect(edit).rejects.toMatchObject({ code: 'matrix_unavailable' });
    expect(await said(room)).toEqual([]);
  });

  test('an edit of a worker that has lost the lane is given up, also on its way', async () => {
    const room = await roomOf(bot);
    let puts = 0;
    proxy.fate = (call) => (isSend(call) ? { do: 'delay', ms: 100_000 * ++puts } : PASS);
    const lost = new AbortController();
    const content = () => ({ msgtype: 'm.notice', body: 'late' });
    const edit = newSender().sendEvent({
      room,
      type: 'm.room.message',
      txnId: 'edit.1',
      priority: 'middle',
      content,
      lost: lost.signal,
    });
    await expect.poll(() => puts).toBe(1);
    const began = performance.now();
    lost.abort({ cancel: false, why: 'lost' });
    await expect(edit).rejects.toThrow();
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(puts).toBe(1);
    expect(await said(room)).toEqual([]);
  });

  test('a 429 loses nothing, keeps each room’s order, and slows the whole account', async () => {
    const rooms = [await roomOf(bot), await roomOf(bot)];
    newSender();
    let puts = 0;
    let frozenUntil = 0;
    const early: number[] = [];
    proxy.fate = (call) => {
      if (!isSend(call)) return PASS;
      puts += 1;
      if (performance.now() < frozenUntil) early.push(puts);
      if (puts !== 5) return PASS;
      frozenUntil = performance.now() + 700;
      return limited(700);
    };
    const inOrder = async (room: RoomId) => {
      for (let index = 0; index < 5; index++) await sender.sendEvent(text(room, `${index}`));
    };
    await Promise.all(rooms.map(inOrder));
    for (const room of rooms) {
      expect((await said(room)).map((event) => event.content.body)).toEqual(['0', '1', '2', '3', '4']);
    }
    // One that was on its way already may still come.
    expect(early.length).toBeLessThanOrEqual(2);
    expect(puts).toBeLessThanOrEqual(13);
  });

  test('final texts of all rooms go before any middle edit, of which the newest text alone goes out', async () => {
    const room = await roomOf(bot);
    newSender();
    const order: string[] = [];
    proxy.fate = (call) => {
      if (isSend(call)) order.push(decodeURIComponent(call.path.split('/').at(-1)!));
      return { do: 'delay', ms: 30 };
    };
    let newest = 'old';
    const edit = (name: string) =>
      sender.sendEvent({
        room,
        type: 'm.room.message',
        txnId: name,
        priority: 'middle',
        content: () => ({ msgtype: 'm.notice', body: newest }),
      });
    const blockers = Array.from({ length: 16 }, (_, index) =>
      sender.sendEvent(text(room, `b${index}`, { txnId: `b${index}` })),
    );
    const edits = [edit('edit1'), edit('edit2'), edit('edit3')];
    const late = sender.sendEvent(text(room, 'late', { txnId: 'late' }));
    newest = 'new';
    await Promise.all([...blockers, ...edits, late]);
    expect(order.indexOf('late')).toBeLessThan(order.indexOf('edit1'));
    const bodies = (await said(room)).map((event) => event.content.body);
    expect(bodies.filter((body) => body === 'new')).toHaveLength(3);
    expect(bodies).not.toContain('old');
  });

  test('an edit that is no longer wanted is not sent; one on its way is seen through', async () => {
    const room = await roomOf(bot);
    newSender();
    const stop = new AbortController();
    const middle = (txnId: string, content: () => object | null) =>
      sender.sendEvent({
        room,
        type: 'm.room.message',
        txnId,
        priority: 'middle',
        signal: stop.signal,
        content: content as never,
      });
    expect(await middle('none', () => null)).toBeNull();
    let puts = 0;
    proxy.fate = (call) => {
      if (!isSend(call)) return PASS;
      puts += 1;
      stop.abort();
      return puts === 1 ? { do: 'lose_answer' } : PASS;
    };
    expect(await middle('flying', () => ({ msgtype: 'm.notice', body: 'x' }))).toMatch(/^\$/);
    expect(await middle('late', () => ({ msgtype: 'm.notice', body: 'y' }))).toBeNull();
    expect((await said(room)).map((event) => event.content.body)).toEqual(['x']);
  });

  test('typing: the newest wish of a room wins, and gives way to all else', async () => {
    const room = await roomOf(bot);
    newSender();
    const typed = () => proxy.calls.filter(({ path: sent }) => sent.includes('/typing/')).length;
    sender.typing(room, bot.userId, false);
    expect(typed()).toBe(0);
    proxy.fate = () => ({ do: 'delay', ms: 50 });
    for (const on of [true, false, true, false]) sender.typing(room, bot.userId, on);
    await expect.poll(typed).toBe(2);
    const sending = sender.sendEvent(text(room, 'x'));
    sender.typing(room, bot.userId, true);
    await sending;
    expect(typed()).toBe(2);
  });

  test('an abort ends the tries of a final text; a refusal is told at once', async () => {
    const room = await roomOf(bot);
    newSender();
    await expect(sender.sendEvent(text('!nowhere:x' as RoomId, 'x'))).rejects.toMatchObject({
      code: 'matrix_refused',
      status: 403,
    });
    proxy.fate = (call) => (isSend(call) ? { do: 'reset' } : PASS);
    const stop = new AbortController();
    const sending = sender.sendEvent(text(room, 'x', { signal: stop.signal }));
    await expect.poll(() => proxy.calls.filter(isSend).length).toBeGreaterThan(2);
    stop.abort({ cancel: false });
    await expect(sending).rejects.toMatchObject({ name: 'AbortError' });
    await expect(sender.sendEvent(text(room, 'y', { deadlineMs: 300 }))).rejects.toMatchObject({
      code: 'matrix_unavailable',
    });
  });

  test('a send that the homeserver may have forgotten is found by its operation, its edits are not', async () => {
    const room = await roomOf(bot);
    newSender();
    const op = opId('test', room, 'old');
    const id = await sender.sendEvent(text(room, 'old'));
    const edit = {
      'dev.surfaces': { op },
      'm.relates_to': { rel_type: 'm.replace', event_id: id },
      msgtype: 'm.text',
      body: '*',
    };
    await sender.sendEvent(text(room, 'edit', { content: edit }));
    for (let index = 0; index < 3; index++) await sender.sendEvent(text(room, `after ${index}`));
    const look = (which: OpId) => findByOp(http, room, which, { self: bot.userId, sinceMs: Date.now() - 60_000 });
    expect(await look(op)).toBe(id);
    expect(await look(opId('test', room, 'never'))).toBeUndefined();
  });
});
