import type { InboundFile } from '../../../shared/matrix/inbound.ts';
import type { MessageItem } from '../../../shared/matrix/work-item.ts';

export type FileMessage = MessageItem & { readonly file: InboundFile };
