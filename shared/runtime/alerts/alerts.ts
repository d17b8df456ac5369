import type { Alert } from './alert.ts';
import { OF_MATRIX } from './of-matrix.ts';
import { OF_MESSAGES } from './of-messages.ts';
import { OF_PROCESSES } from './of-processes.ts';
import { OF_UPKEEP } from './of-upkeep.ts';

/** All of them. Few on purpose: each says that people are hurt, or will be before long. */
export const ALERTS: readonly Alert[] = [...OF_PROCESSES, ...OF_MESSAGES, ...OF_MATRIX, ...OF_UPKEEP];
