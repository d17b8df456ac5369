import { field, list, numberField, textField } from '../config/json.ts';
import { asUserId, type UserId } from '../ids/ids.ts';
import { cleanText } from './clean-text.ts';
import type { EncryptedFileKey, InboundFile, MessageBody } from './inbound.ts';

/** An event has 65,536 bytes at most; what claims more comes from no homeserver, and would burden every later station. */
const MOST_CHARACTERS = 65_536;
const MOST_MENTIONS = 100;
const FILE_TYPES = new Set(['m.file', 'm.image', 'm.audio', 'm.video']);
const MXC = /^mxc:\/\/[A-Za-z0-9.:[\]-]{1,255}\/[A-Za-z0-9_-]{1,255}$/;

/** The content of an `m.room.message`, or of an edit's `m.new_content`; a string is the reason why it is none. */
export function decodeMessageBody(content: unknown): MessageBody | string {
  const msgtype = textField(content, 'msgtype');
  if (msgtype === undefined) return 'no msgtype';
  if (msgtype.length > 255) return 'msgtype too long';
  const body = textField(content, 'body');
  if (body === undefined) return 'body is not text';
  if (body.length > MOST_CHARACTERS) return 'body too long';
  const mentions = decodeMentions(content);
  if (!FILE_TYPES.has(msgtype)) return { text: cleanText(body), msgtype: cleanText(msgtype), mentions };
  const file = decodeFile(content, body);
  if (typeof file === 'string') return file;
  // v1.10: a `filename` that differs from `body` makes the body a caption; without one, the body is the name.
  const filename = textField(content, 'filename') || undefined;
  const caption = filename !== undefined && filename !== body ? cleanText(body) : '';
  return { text: caption, msgtype, mentions, file };
}

function decodeFile(content: unknown, body: string): InboundFile | string {
  const info = field(content, 'info');
  const encrypted = field(content, 'file');
  const url = encrypted === undefined ? textField(content, 'url') : textField(encrypted, 'url');
  if (url === undefined || !MXC.test(url)) return 'the file has no mxc url';
  const key = encrypted === undefined ? undefined : decodeKey(encrypted);
  if (encrypted !== undefined && key === undefined) return 'the encrypted file lacks its key';
  const size = numberField(info, 'size');
  const mimetype = textField(info, 'mimetype');
  return {
    url,
    name: cleanText(textField(content, 'filename') || body).slice(0, 1_000),
    ...(mimetype !== undefined && { mimetype: cleanText(mimetype).slice(0, 255) }),
    ...(size !== undefined && size >= 0 && { size: Math.floor(size) }),
    ...(key && { encrypted: key }),
  };
}

function decodeKey(file: unknown): EncryptedFileKey | undefined {
  const k = textField(field(file, 'key'), 'k');
  const iv = textField(file, 'iv');
  const sha256 = textField(field(file, 'hashes'), 'sha256');
  if (!isBase64(k) || !isBase64(iv) || !isBase64(sha256)) return undefined;
  return { k, iv, sha256 };
}

function isBase64(value: string | undefined): value is string {
  return value !== undefined && /^[A-Za-z0-9+/_=-]{1,200}$/.test(value);
}

function decodeMentions(content: unknown): UserId[] {
  const ids = list(field(field(content, 'm.mentions'), 'user_ids')).slice(0, MOST_MENTIONS);
  return ids.map(userIdOf).filter((id) => id !== undefined);
}

export function userIdOf(value: unknown): UserId | undefined {
  try {
    return typeof value === 'string' && cleanText(value) === value ? asUserId(value) : undefined;
  } catch {
    return undefined;
  }
}
