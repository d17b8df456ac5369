import type { Stack } from '../../../shared/stack/stack-file.ts';
import type { Terminal } from './terminal.ts';

/** How to go on: with a client of one's own, with the dashboards, and how to stop. */
export function showGoingOn(terminal: Terminal, stack: Stack): void {
  const { style } = terminal;
  const person = stack.people[0];
  const rows: [string, string, string][] = [
    ['Element', 'homeserver', stack.homeserver.url],
    ...(person
      ? ([
          ['', 'user', person.user_id.slice(1).split(':')[0]!],
          ['', 'password', person.password],
        ] as [string, string, string][])
      : []),
    ...(stack.ops
      ? ([
          ['Dashboards', 'page', stack.ops.url],
          ['', 'user', stack.ops.user],
          ['', 'password', stack.ops.password],
        ] as [string, string, string][])
      : []),
    ['Stop', '', 'npm run down              keeps what was said'],
    ['', '', 'npm run down -- --purge   removes it too'],
  ];
  terminal.write('  The stack stays up.\n\n');
  for (const [what, name, value] of rows) {
    const label = name ? `${name.padEnd(12)}${value}` : value;
    terminal.write(`  ${style.bold(what.padEnd(12))}${label}\n`);
  }
  terminal.write('\n');
}
