import type { TrainerImage } from '../infra/constructs/trainer.ts';

/** What the training container is built from, by the rules of .dockerignore: everything else does not change its hash. */
const CONTEXT = ['package.json', 'package-lock.json', '.npmrc', 'shared', 'training', 'infra/trainer'];

/** The image of the trainer, built from the repository at `root`. */
export function trainerImage(root: string): TrainerImage {
  return {
    directory: root,
    file: 'infra/trainer/Dockerfile',
    exclude: ['**', ...CONTEXT.map((path) => `!${path}`)],
  };
}
