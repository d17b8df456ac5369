import { spawn } from 'node:child_process';
import { mainOf, rolesOfBuild } from '../../shared/stack/roles-of-build.ts';

// Run once at the end of an install, with NODE_COMPILE_CACHE set. Each role is started without any configuration: it loads
// all that it would work with, says what is missing, and ends. What it loaded is then kept stripped and compiled, also its
// main.ts: a single file that is not there makes Node load its type stripper, which costs 16 MB in each process.
const env = { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, SURFACES_ENV: 'production' };
await Promise.all(
  rolesOfBuild().map(
    (role) =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', mainOf(role)], {
          env,
          stdio: 'ignore',
        });
        child.once('exit', resolve);
        child.once('error', resolve);
      }),
  ),
);
