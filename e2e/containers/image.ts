import { call } from './engine.ts';

export const BUILD_MS = 900_000;

/** The image that the stacks of these tests are made of: of this checkout, under SURFACES_IMAGE or as surfaces:latest. A second build is nothing. */
export async function buildImage(): Promise<void> {
  await call('bash', ['infra/docker/base-images.sh']);
  await call('bash', ['infra/docker/build.sh', process.env.SURFACES_IMAGE || 'surfaces:latest']);
}
