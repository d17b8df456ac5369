import { findHome, type Home, inviteBot, type OnboardingStep } from './person/onboarding.ts';
import type { Person } from './person/person.ts';
import { seconds, type Terminal } from './terminal.ts';
import { textWidth } from './text-width.ts';

/** Takes the person from an invitation to a room of their own, or back to the room that they have from an earlier run. */
export async function meetBot(person: Person, bot: string, terminal: Terminal): Promise<Home> {
  const { style } = terminal;
  const line = (mark: string, what: string, name: string, time: string, id: string) => {
    const start = `  ${mark} ${what.padEnd(8)}${name.padEnd(26)}`;
    const end = `${time.padStart(7)}   ${id}`;
    // An id that is broken in the middle cannot be copied: in a narrow window it has a line to itself.
    const fits = 12 + Math.max(26, textWidth(name)) + end.length <= terminal.columns();
    terminal.write(start + style.dim(fits ? end : `${time.padStart(7)}\n            ${id}`).concat('\n'));
  };
  const known = findHome(person, bot);
  if (known) {
    terminal.write(`\n  ${style.bold(person.userId)} is back, with a Space and a room from before\n\n`);
    line(style.green('✓'), 'Space', known.spaceName, '', known.space);
    line(style.green('✓'), 'room', known.roomName, '', known.room);
    terminal.write('\n');
    return known;
  }
  terminal.write(`\n  ${style.bold(person.userId)} invites ${style.bold(bot)} to a direct chat\n\n`);
  const home = await inviteBot(person, bot, (step) => {
    if (step.step === 'invited') return;
    line(style.green('✓'), NAMES[step.step], step.name ?? 'the bot has joined', seconds(step.ms), step.roomId);
  });
  terminal.write('\n');
  return home;
}

const NAMES: Record<Exclude<OnboardingStep['step'], 'invited'>, string> = {
  bot_joined: 'DM',
  space: 'Space',
  room: 'room',
};
