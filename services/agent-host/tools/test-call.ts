import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestVolume, testVolume } from '../../../shared/volume/test-volume.ts';
import { standardTools } from './standard-tools.ts';
import type { Tool, ToolCall } from './tool.ts';

export const SECRET = 'SECRET';
export type Offer = Parameters<ToolCall['offer']>[0];

/** A workspace as of a room, with a secret in the folder beside it, and what a model does in it. */
export type TestWorkspace = TestVolume & {
  readonly offers: readonly Offer[];
  call(tool: string, args: unknown, signal?: AbortSignal): Promise<string>;
  /** What lies outside of the workspace, as path → content. */
  untouched(): Record<string, string>;
};

export function testWorkspace(): TestWorkspace {
  const volume = testVolume();
  const offers: Offer[] = [];
  return {
    ...volume,
    offers,
    call: (tool, args, signal = new AbortController().signal) =>
      toolCalled(tool).run({
        workspace: volume.workspace,
        offer: (file) => offers.push(file),
        signal,
        arguments: args,
      }),
    untouched: () => contentOf(volume.outside),
  };
}

export function toolCalled(name: string): Tool {
  return standardTools().find((tool) => tool.name === name)!;
}

/** Each file beneath a folder, as path → content; folders as path → ''. */
export function contentOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, entry.isFile() ? readFileSync(path, 'utf8') : ''];
    }),
  );
}
