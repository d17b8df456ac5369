import assert from 'node:assert/strict';
import { dropFile } from '../../../services/cli/demo/person/files.ts';
import type { ContainerStack } from '../container-stack.ts';
import { asksFor, type Crowd } from './crowd.ts';
import { fill } from './make.ts';
import type { Row } from './report.ts';
import { changedSince, containersAt, running } from './targets.ts';

/** No space left on the agents' volume while answers stream, and space again. */
export async function fullVolume(stack: ContainerStack, crowd: Crowd): Promise<Row> {
  const before = await running(stack);
  const { result, seen } = await crowd.whileStreaming(() => fillAndEmpty(stack, crowd));
  const { code, file, times } = result;
  assert.equal(code, 'volume_full');
  assert.match(file.answer?.text ?? '', /note/);
  assert.deepEqual(crowd.newBreaches(), []);
  assert.deepEqual(await changedSince(before, stack), []);
  const failed = seen.answers.filter(({ state }) => state !== 'done');
  const ends = `${failed.length} of ${seen.answers.length} answers end with ${failed[0]?.code}`;
  const note = `a file is refused with ${code}; ${failed.length > 0 ? ends : 'all answers are whole'}`;
  return { fault: 'volume full', target: '/agents', ...times, note };
}

async function fillAndEmpty(stack: ContainerStack, crowd: Crowd) {
  const [holder] = await containersAt(stack, { service: 'attachment-worker', which: 'all' });
  const { person, home } = crowd.first;
  const from = performance.now();
  const undo = await fill(holder!, '/agents');
  let code: string | undefined;
  let meanwhile: number;
  try {
    const { eventId } = await dropFile(person, home.room, { name: 'a.bin', content: Buffer.alloc(64 * 1024) });
    code = (await crowd.first.untilReplied(eventId)).surfaces.code;
    meanwhile = (await asksFor('command', crowd.second)).ms;
  } finally {
    await undo();
  }
  const end = performance.now();
  const [grew, file] = await Promise.all([crowd.untilAllGrow(end), asksFor('file', crowd.second)]);
  return { code, file, times: { lasted: end - from, meanwhile, grew, answered: file.ms } };
}
