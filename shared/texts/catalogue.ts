import { ADMISSION_EN, ADMISSION_RU } from './catalogue/admission.ts';
import { AGENTS_EN, AGENTS_RU } from './catalogue/agents.ts';
import { COMMAND_WORDS_EN, COMMAND_WORDS_RU } from './catalogue/command-words.ts';
import { COMMANDS_EN, COMMANDS_RU } from './catalogue/commands.ts';
import { CONTEXT_EN, CONTEXT_RU } from './catalogue/context.ts';
import { FILES_EN, FILES_RU } from './catalogue/files.ts';
import { GREETINGS_EN, GREETINGS_RU } from './catalogue/greetings.ts';
import { PEOPLE_EN, PEOPLE_RU } from './catalogue/people.ts';
import { QUESTIONS_EN, QUESTIONS_RU } from './catalogue/questions.ts';
import { RECONCILE_EN, RECONCILE_RU } from './catalogue/reconcile.ts';
import { ROOMS_EN, ROOMS_RU } from './catalogue/rooms.ts';
import { SETTINGS_EN, SETTINGS_RU } from './catalogue/settings.ts';
import { TURNS_EN, TURNS_RU } from './catalogue/turns.ts';
import type { Entry } from './entry.ts';

/** The texts, in English: what happened, and what the person can do next. Keys that are error codes say that error. */
export const ENGLISH = {
  ...GREETINGS_EN,
  ...ADMISSION_EN,
  ...AGENTS_EN,
  ...COMMANDS_EN,
  ...COMMAND_WORDS_EN,
  ...QUESTIONS_EN,
  ...RECONCILE_EN,
  ...ROOMS_EN,
  ...CONTEXT_EN,
  ...FILES_EN,
  ...PEOPLE_EN,
  ...SETTINGS_EN,
  ...TURNS_EN,
} as const satisfies Record<string, Entry>;

/** The same texts, in Russian. */
export const RUSSIAN: { readonly [Key in keyof typeof ENGLISH]: Entry } = {
  ...GREETINGS_RU,
  ...ADMISSION_RU,
  ...AGENTS_RU,
  ...COMMANDS_RU,
  ...COMMAND_WORDS_RU,
  ...QUESTIONS_RU,
  ...RECONCILE_RU,
  ...ROOMS_RU,
  ...CONTEXT_RU,
  ...FILES_RU,
  ...PEOPLE_RU,
  ...SETTINGS_RU,
  ...TURNS_RU,
};
