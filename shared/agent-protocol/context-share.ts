import type { ContextUsage } from './content.ts';

/** How much of a context is used, 0 to 1; undefined where its size is not known. */
export function contextShare(context: ContextUsage | undefined): number | undefined {
  return context?.size ? Math.min(1, context.used / context.size) : undefined;
}
