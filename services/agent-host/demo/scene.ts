import type { AgentTurn } from '../adapter.ts';
import type { Answer } from './answer.ts';
import type { Conversation } from './conversation.ts';
import type { Instruction, Message } from './instruction.ts';

/** What an instruction of the script has to work with. */
export type Scene = {
  readonly turn: AgentTurn;
  readonly message: Message;
  readonly instruction: Instruction;
  readonly answer: Answer;
  readonly conversation: Conversation;
  readonly keep: (conversation: Conversation) => void;
};
