import type { ServerResponse } from 'node:http';
import type { ChatMessage } from '../conversation/chat-messages.ts';

export type Body = {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly unknown[];
  readonly stream: boolean;
  readonly [field: string]: unknown;
};

/** One request as a rule answers it. */
export type Scene = {
  readonly body: Body;
  readonly response: ServerResponse;
  /** What stands behind the rule's name in the marker. */
  readonly rest: string;
  /** The how manieth request with this very marker, from 1. */
  readonly time: number;
  /** The newest message of the person. */
  readonly asked: string;
};
export type Rule = (scene: Scene) => void | Promise<void>;
