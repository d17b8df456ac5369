import { listFilesTool } from './list-files.ts';
import { offerFileTool } from './offer-file.ts';
import { readFileTool } from './read-file.ts';
import type { Tool, ToolSource } from './tool.ts';
import { writeFileTool } from './write-file.ts';

/** What a model may do in the workspace of its room, and nowhere else: list, read, write where a person allows it, and send. */
export function standardTools(): readonly Tool[] {
  return [listFilesTool, readFileTool, writeFileTool, offerFileTool];
}

/** They are always there. */
export function standardToolSource(): ToolSource {
  return { tools: async () => standardTools(), check: async () => ['files'], stop: async () => {} };
}
