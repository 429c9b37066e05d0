import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainerImage } from '../infra/constructs/trainer.ts';

const DOCKERFILE = 'infra/trainer/Dockerfile';

/** The image of the trainer, built from the repository at `root`: what its .dockerignore leaves out does not change its hash. */
export function trainerImage(root: string): TrainerImage {
  // CDK reads a .dockerignore at the root alone, docker this one.
  const ignored = readFileSync(join(root, `${DOCKERFILE}.dockerignore`), 'utf8').split('\n');
  return {
    directory: root,
    file: DOCKERFILE,
    exclude: ignored.filter((line) => line !== '' && !line.startsWith('#')),
  };
}
