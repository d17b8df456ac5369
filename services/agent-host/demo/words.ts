import { count } from './instruction.ts';
import { atPace } from './pace.ts';
import type { Scene } from './scene.ts';

/** `demo words=200 pace=20 first=500` */
export async function words({ turn, instruction, answer }: Scene): Promise<void> {
  const many = count(instruction, 'words', 100, 100_000);
  const pace = count(instruction, 'pace', 20, 600_000);
  const first = count(instruction, 'first', 0, 3_600_000);
  await atPace(many, { first, pace }, turn.signal, (index) =>
    answer.write(`${index === 0 ? '' : ' '}word${index + 1}`),
  );
}
