import type { Frame } from './frame.ts';

export type Capability = 'snapshots' | 'permissions' | 'files' | 'images' | 'context';

/** What the suite takes from `welcome`, also from one that is wrong in parts: a rule of its own says so. */
export type Greeting = {
  readonly agent: string;
  readonly capabilities: Readonly<Record<Capability, boolean>>;
  readonly maxFrameBytes: number;
  readonly maxRunningTurns: number;
  readonly heartbeatMs: number;
  /** As it came. */
  readonly welcome: Frame;
};

const HEARTBEAT_MS = 15_000;
const MAX_FRAME_BYTES = 1024 * 1024;
const MAX_RUNNING_TURNS = 100;

export function readGreeting(welcome: Frame): Greeting {
  const { agent, capabilities, limits, heartbeat_ms } = welcome as Record<string, unknown>;
  const promised = objectOf(capabilities);
  const promises = (name: Capability) => promised[name] === true;
  const { max_frame_bytes, max_running_turns } = objectOf(limits);
  return {
    agent: String(objectOf(agent).name ?? ''),
    capabilities: {
      snapshots: promises('snapshots'),
      permissions: promises('permissions'),
      files: promises('files'),
      images: promises('images'),
      context: promises('context'),
    },
    maxFrameBytes: positive(max_frame_bytes, MAX_FRAME_BYTES),
    maxRunningTurns: positive(max_running_turns, MAX_RUNNING_TURNS),
    heartbeatMs: positive(heartbeat_ms, HEARTBEAT_MS),
    welcome,
  };
}

/** For `exempts` of a rule about what a host promises. */
export function unlessPromised(name: Capability): (greeting: Greeting) => string | false {
  return ({ capabilities }) => !capabilities[name] && `the host does not promise ${name}`;
}

/** For `exempts` of a rule about what a host does not promise. */
export function ifPromised(name: Capability): (greeting: Greeting) => string | false {
  return ({ capabilities }) => capabilities[name] && `the host promises ${name}`;
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function positive(value: unknown, otherwise: number): number {
  return typeof value === 'number' && value > 0 ? value : otherwise;
}
