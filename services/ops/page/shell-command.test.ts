import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { fragmentOf } from './html.ts';
import { shellCommand } from './shell-command.ts';

test.each(['$nKrObBrRg5bdf9fk', '!room:example.org', "@a'; echo hurt; ':x", '@`id`$(id)"\\:x'])(
  '%s is one word to a shell',
  (id) => {
    const shown = fragmentOf(shellCommand('logs', id)).replace(/<\/?code>/g, '');
    const command = shown.replaceAll('&lt;', '<').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
    const words = command.replace('npm run surfaces --', "printf '%s|'");
    expect(execFileSync('/bin/sh', ['-c', words], { encoding: 'utf8' })).toBe(`logs|${id}|`);
  },
);
