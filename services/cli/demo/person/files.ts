import type { Person } from './person.ts';

/** A file as a person drops it into a room. `content` in memory: people of demos and tests have small ones. */
export type DroppedFile = {
  readonly name: string;
  readonly content: Uint8Array;
  /** A media type, and how it is shown: `m.image`, `m.file` … */
  readonly type?: string;
  readonly msgtype?: string;
  /** Written beside it. */
  readonly caption?: string;
  /** More of the event's content, or other than what would stand there. */
  readonly fields?: Readonly<Record<string, unknown>>;
};

/** Puts content into the media repository. @returns its `mxc://`. */
export async function uploadFile(
  { login }: Person,
  { content, name, type }: Pick<DroppedFile, 'content' | 'name' | 'type'>,
): Promise<string> {
  const url = `${login.homeserverUrl}/_matrix/media/v3/upload?filename=${encodeURIComponent(name.slice(0, 100))}`;
  const headers = { ...authorized(login), 'content-type': type ?? 'application/octet-stream' };
  const response = await fetch(url, { method: 'POST', headers, body: content as Uint8Array<ArrayBuffer> });
  if (!response.ok) throw new Error(`the upload of ${name} was answered with ${response.status}`);
  return ((await response.json()) as { content_uri: string }).content_uri;
}

/** Uploads a file and says it in a room, as Element does. */
export async function dropFile(
  person: Person,
  roomId: string,
  file: DroppedFile,
): Promise<{ eventId: string; answeredAt: number }> {
  const { name, content, type = 'application/octet-stream', caption } = file;
  const url = await uploadFile(person, file);
  return person.send(roomId, 'm.room.message', {
    msgtype: file.msgtype ?? 'm.file',
    body: caption ?? name,
    filename: name,
    url,
    info: { mimetype: type, size: content.length },
    ...file.fields,
  });
}

/** What lies under an `mxc://`. */
export async function fetchFile({ login }: Person, mxc: string): Promise<Buffer> {
  const path = mxc.slice('mxc://'.length);
  const url = `${login.homeserverUrl}/_matrix/client/v1/media/download/${path}`;
  const response = await fetch(url, { headers: authorized(login) });
  if (!response.ok) throw new Error(`${mxc} was answered with ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

function authorized({ accessToken }: Person['login']): Record<string, string> {
  return { authorization: `Bearer ${accessToken}` };
}
