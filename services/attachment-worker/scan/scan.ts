/**
 * Looks at a file before the agent or the room gets it.
 * @throws SurfacesError `file_refused` with what was found; `scan_unavailable` where the scan cannot tell: then the file
 * waits, since one that nobody has looked at is not to pass.
 */
export type Scan = (path: string, signal: AbortSignal) => Promise<void>;
