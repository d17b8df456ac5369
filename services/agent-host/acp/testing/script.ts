/** What a scripted agent is able to do, and how it misbehaves as a process. */
export type Script = {
  readonly load: boolean;
  readonly fork: boolean;
  readonly close: boolean;
  readonly images: boolean;
  /** The code with which every load fails. */
  readonly loadCode?: number;
  readonly olderModes?: boolean;
  readonly loggedOut?: boolean;
  readonly version?: number;
  readonly initializeMs?: number;
  /** Ends at once with this code, having said `stderr`. */
  readonly exit?: number;
  readonly stderr?: string;
  /** Outlives SIGTERM and the end of its stdin. */
  readonly deaf?: boolean;
};

export function readScript(text: string | undefined): Script {
  return { load: true, fork: false, close: true, images: false, ...(JSON.parse(text ?? '{}') as Partial<Script>) };
}

/** Params of every request that a client may send, as far as the scripted agent reads them. */
export type Params = {
  readonly sessionId: string;
  readonly cwd: string;
  readonly modeId: string;
  readonly configId: string;
  readonly value: string;
  readonly mcpServers: readonly unknown[];
  readonly clientCapabilities: unknown;
  readonly prompt: readonly { readonly type: string; readonly text?: string; readonly uri?: string }[];
};
