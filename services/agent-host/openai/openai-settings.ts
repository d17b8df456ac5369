import type { ToolSource } from '../tools/tool.ts';
import type { RetryPace } from './http/retry-pace.ts';
import type { Price } from './turn-usage.ts';

/** Where a model is and what it is used for. */
export type OpenaiSettings = {
  /** What people see as the agent's name. */
  readonly name: string;
  /** Up to and with `/v1`. With `user:password@` and no `apiKey` these are sent as Basic authentication. */
  readonly baseUrl: string;
  /** Sent as a bearer token. */
  readonly apiKey?: string;
  readonly model: string;
  readonly systemPrompt?: string;
  readonly temperature?: number;
  /** Of one answer. */
  readonly maxTokens?: number;
  /** The model's window in tokens, answer included. Without it turns are left out only when the server says so. */
  readonly contextTokens?: number;
  /** Whether the model sees pictures; without, they are named to it like other files. */
  readonly images: boolean;
  /** Asked at the beginning of each turn. The adapter stops it when it stops. */
  readonly tools?: ToolSource;
  /** For a server that does not tell itself what an answer costs. */
  readonly price?: Price;
  /** Until an answer begins with its headers. */
  readonly headersTimeoutMs: number;
  /** Without a line of data; comment lines do not count. */
  readonly inactivityMs: number;
  /** Of one turn, without the time in which a person is asked. */
  readonly turnTimeoutMs: number;
  /** Answers of the model in one turn; 25 unless it is given. */
  readonly maxModelRequests?: number;
  /** Whether people see that the model thinks; true unless it is given. What it thinks is never kept. */
  readonly showThoughts?: boolean;
  /** Whether turns that no longer fit are replaced by a summary that the model makes of them. */
  readonly summarize?: boolean;
  readonly retry?: RetryPace;
};
