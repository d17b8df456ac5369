/** Whether a run is to end because of a stop or a withdrawal, so that its end is still to be said; else its lane is lost. */
export function isCancelled({ aborted, reason }: AbortSignal): boolean {
  return aborted && (reason as { cancel?: boolean } | undefined)?.cancel === true;
}
