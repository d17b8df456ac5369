import { SurfacesError } from '../errors/surfaces-error.ts';

/** No server is called `..`, which as a part of a path would lead out of it. */
const MXC = /^mxc:\/\/((?!\.+\/)[A-Za-z0-9.:[\]-]{1,255})\/([A-Za-z0-9_-]{1,255})$/;

/**
 * The parts of a file's address (spec, “Matrix Content (`mxc://`) URIs”).
 * @throws SurfacesError `file_unavailable` for any other text.
 */
export function parseMxc(url: string): { readonly server: string; readonly id: string } {
  const [, server, id] = MXC.exec(url) ?? [];
  if (server !== undefined && id !== undefined) return { server, id };
  throw new SurfacesError('file_unavailable', 'the address of the file is not an mxc of a server and an id');
}
