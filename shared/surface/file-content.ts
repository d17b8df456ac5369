import { type Mark, type Mentions, type ThreadRelation, threadRelation } from './matrix-content.ts';
import type { FileMessage } from './port.ts';

/** The content of an `m.room.message` that is a file (client-server API, “m.image”, “m.audio”, “m.video”, “m.file”). */
export type FileContent = {
  readonly msgtype: 'm.image' | 'm.audio' | 'm.video' | 'm.file';
  readonly body: string;
  readonly filename: string;
  readonly url: string;
  readonly info: {
    readonly mimetype: string;
    readonly size: number;
    readonly w?: number;
    readonly h?: number;
    /** Milliseconds. */
    readonly duration?: number;
    readonly thumbnail_url?: string;
    readonly thumbnail_info?: {
      readonly mimetype: string;
      readonly size: number;
      readonly w: number;
      readonly h: number;
    };
  };
  readonly 'm.mentions': Mentions;
  readonly 'dev.surfaces': Mark;
  readonly 'm.relates_to'?: ThreadRelation;
};

/** A file as Matrix shows it. The name stands in `filename` too: a `body` that says the same is no caption. */
export function fileContent(file: FileMessage): FileContent {
  const { op, name, shownAs, mime, size, reference, width, height, durationMs, thumbnail, inResponseTo, thread } = file;
  return {
    msgtype: `m.${shownAs}`,
    body: name,
    filename: name,
    url: reference,
    info: {
      mimetype: mime,
      size,
      ...(width === undefined || height === undefined ? {} : { w: width, h: height }),
      ...(durationMs === undefined ? {} : { duration: Math.round(durationMs) }),
      ...(thumbnail === undefined
        ? {}
        : {
            thumbnail_url: thumbnail.reference,
            thumbnail_info: {
              mimetype: thumbnail.mime,
              size: thumbnail.size,
              w: thumbnail.width,
              h: thumbnail.height,
            },
          }),
    },
    'm.mentions': {},
    'dev.surfaces': { op, kind: 'file', ...(inResponseTo === undefined ? {} : { in_response_to: inResponseTo }) },
    ...threadRelation(thread, inResponseTo),
  };
}
