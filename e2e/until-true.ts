/**
 * Polls a condition until it holds; a throw counts as not yet.
 * @throws Error that names `what` after `timeoutMs`, with the last error as its cause.
 */
export async function untilTrue(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      if (await holds()) return;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs / 1000} s in vain for ${what}`, { cause });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
