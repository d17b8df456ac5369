/** The queues of surfaces, each served by the workers of one role. A lane's head item says which one it belongs to. */
export const QUEUES = ['commands', 'attachments', 'turns'] as const;

export type QueueName = (typeof QUEUES)[number];
