import { demand, demandFields } from './breach.ts';
import type { Frame } from './frame.ts';
import { unlessPromised } from './greeting.ts';
import type { Rule, Trial } from './rule.ts';
import { setStage } from './stage.ts';

const exempts = unlessPromised('files');
const needs = ['file'] as const;

export const FILE_RULES: readonly Rule[] = [
  {
    rule: 'a file is offered by a path in the workspace, and the acknowledgement of its only client counts, also when repeated',
    section: 'What a client sends, file.ack',
    why: 'The client reads the file by this path and tells the agent whether the person got it.',
    exempts,
    needs,
    async check(trial) {
      const { raw, place, offer, turn_id } = await offered(trial);
      const path = String(offer.path);
      const leadsOut = path.startsWith('/') || path.split(/[\\/]/).includes('..') || path.includes('\0');
      demand(!leadsOut, 'a path relative to the workspace', offer, offer);
      const { file_id } = offer;
      for (const answer of [{ accepted: true }, { accepted: true }, { accepted: false, reason: 'too large' }])
        demandFields(resultOf(await raw.request({ type: 'file.ack', ...place, file_id, ...answer }, 'request.done')), {
          counted: true,
        });
      await raw.ended(turn_id);
    },
  },
  {
    rule: 'of two clients the acknowledgement of the one that attached last counts',
    section: 'What a client sends, last paragraph',
    why: 'While one worker takes over, both see the file; one of them is to deliver it.',
    exempts,
    needs,
    async check(trial) {
      const { raw, place, offer, turn_id } = await offered(trial);
      const other = await trial.client();
      await other.request({ type: 'turn.attach', ...place, after_seq: 0 }, 'turn.started');
      const ack = { type: 'file.ack', ...place, file_id: offer.file_id, accepted: true };
      demandFields(resultOf(await raw.request(ack, 'request.done')), { counted: false });
      demandFields(resultOf(await other.request(ack, 'request.done')), { counted: true });
      await raw.ended(turn_id);
    },
  },
];

async function offered(trial: Trial) {
  const stage = await setStage(trial, 'file');
  await stage.raw.request(stage.start, 'turn.started');
  const isOffer = ({ type }: Frame) => type === 'file.offer';
  const offer = await stage.raw.untilEvent(stage.turn_id, isOffer, 'file.offer, after the words of --prompt-file');
  return { ...stage, offer };
}

/** The answer’s result, and in a failure the whole answer’s type before it. */
function resultOf(answer: Frame): Frame {
  return { ...(answer.result as Record<string, unknown> | null), type: answer.type };
}
