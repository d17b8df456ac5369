import type { InboundFile } from '../../../shared/matrix/inbound.ts';
import type { MessageItem } from '../../../shared/matrix/work-item.ts';
import type { Room } from '../../../shared/store/rooms.ts';

export type FileMessage = MessageItem & { readonly file: InboundFile };

/** A room with an agent in it, and so with a workspace. */
export type ChatRoom = Room & { readonly sessionId: NonNullable<Room['sessionId']> };
