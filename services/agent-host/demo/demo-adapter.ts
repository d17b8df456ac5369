import type { Adapter, AgentTurn } from '../adapter.ts';
import { Answer } from './answer.ts';
import { ask } from './ask.ts';
import { contextOf, readConversation } from './conversation.ts';
import { crash, error, hang } from './fail.ts';
import { readInstruction, readMessage } from './instruction.ts';
import { makeFile } from './make-file.ts';
import { many } from './many.ts';
import { markdown } from './markdown.ts';
import { plain, unknown } from './plain.ts';
import { readFiles } from './read-files.ts';
import { recall, remember } from './remember.ts';
import type { Scene } from './scene.ts';
import { tool } from './tool.ts';
import { words } from './words.ts';

/** The script: the first word behind `demo `, and what is done about it. */
const SCRIPT: ReadonlyMap<string, (scene: Scene) => Promise<void>> = new Map([
  ['words', words],
  ['markdown', markdown],
  ['remember', remember],
  ['recall', recall],
  ['ask', ask],
  ['tool', tool],
  ['read', readFiles],
  ['file', makeFile],
  ['error', error],
  ['crash', crash],
  ['hang', hang],
  ['many', many],
]);

/** The embedded agent: deterministic, without network or key. */
export const demoAdapter: Adapter = {
  kind: 'demo',
  agent: { name: 'demo', version: '1' },
  capabilities: { snapshots: true, permissions: true, files: true, images: true, context: true },
  runTurn,
  contextOf,
};

async function runTurn(turn: AgentTurn): Promise<undefined> {
  const message = readMessage(turn.input);
  const answer = new Answer(turn, message.markers);
  const instruction = readInstruction(message.text);
  let conversation = readConversation(turn.conversation);
  const scene: Scene = {
    turn,
    message,
    instruction: instruction ?? { name: '', rest: '', words: '', values: new Map() },
    answer,
    conversation,
    keep: (next) => {
      conversation = next;
    },
  };
  const play = instruction ? (SCRIPT.get(instruction.name) ?? unknown) : isFilesOnly(message) ? readFiles : plain;
  try {
    await play(scene);
    answer.done();
  } finally {
    const { asked, answered } = conversation;
    turn.keepConversation({
      ...conversation,
      asked: asked + message.text.length,
      answered: answered + answer.length,
    });
  }
  return undefined;
}

function isFilesOnly({ text, files }: { text: string; files: readonly string[] }): boolean {
  return text === '' && files.length > 0;
}
