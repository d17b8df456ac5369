import type { MatrixHttp } from './http.ts';

/** A small file to the media repository, from memory. @returns its `mxc://`. Done twice, it is there twice. */
export async function uploadSmall(
  http: MatrixHttp,
  file: { readonly content: Uint8Array; readonly type: string; readonly name: string },
): Promise<string> {
  const { content, type, name } = file;
  const answer = await http.request<{ content_uri: string }>({
    kind: 'upload',
    method: 'POST',
    path: '/_matrix/media/v3/upload',
    query: { filename: name },
    bytes: { content, type },
    retries: 4,
  });
  return answer.content_uri;
}
