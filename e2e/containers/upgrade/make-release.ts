import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { treeOfCommit } from '../../tree-of-commit.ts';
import type { Release } from '../container-stack.ts';
import { call } from '../engine.ts';

/** The SQL of migrations by their names. */
export type Migrations = Readonly<Record<string, string>>;

const BUILD = '. infra/docker/docker-build.sh && docker_build "$@"';

/** Builds the image of a commit as its own build.sh does. @returns the release, whose tree is for the caller to remove. */
export async function releaseOfCommit(commit: string, image: string): Promise<Release> {
  const tree = treeOfCommit(commit);
  // The temporary folder may lie in a checkout, and the image would be labelled with that one's commit.
  await call('bash', [join(tree, 'infra/docker/build.sh'), image], { GIT_CEILING_DIRECTORIES: dirname(tree) });
  return { image, tree };
}

/** A release that has more migrations than another one and is the same otherwise, as an image of its own. */
export async function withMigrations(from: Release, image: string, migrations: Migrations): Promise<Release> {
  const context = mkdtempSync(join(tmpdir(), 'surfaces-migrations-'));
  try {
    for (const [name, sql] of Object.entries(migrations)) {
      mkdirSync(join(context, 'migrations', name), { recursive: true });
      writeFileSync(join(context, 'migrations', name, 'migration.sql'), sql);
    }
    writeFileSync(join(context, 'Dockerfile'), `FROM ${from.image}\nCOPY migrations /app/prisma/migrations\n`);
    await call('bash', ['-c', BUILD, 'build', '-t', image, context]);
  } finally {
    rmSync(context, { recursive: true });
  }
  return { image, tree: from.tree };
}
