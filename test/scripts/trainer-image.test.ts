import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { DockerImageAsset } from 'aws-cdk-lib/aws-ecr-assets';
import { expect, test } from 'vitest';
import { trainerImage } from '../../scripts/trainer-image.ts';
import { tempFolder } from '../support/temp-folder.ts';

const root = join(import.meta.dirname, '..', '..');

test('the image is built from what its Dockerfile copies, and from nothing else', { timeout: 60_000 }, () => {
  const outdir = tempFolder();
  const { directory, file, exclude = [] } = trainerImage(root);
  new DockerImageAsset(new Stack(new App({ outdir })), 'Image', { directory, file, exclude: [...exclude] });
  const staged = join(
    outdir,
    readdirSync(outdir).find((name) => name.startsWith('asset.'))!,
  );
  expect(readdirSync(staged).sort()).toEqual([
    '.npmrc',
    'infra',
    'package-lock.json',
    'package.json',
    'shared',
    'training',
  ]);
  expect(readdirSync(join(staged, 'infra'))).toEqual(['trainer']);
  expect(existsSync(join(staged, 'infra/trainer/Dockerfile'))).toBe(true);
  expect(existsSync(join(staged, 'training/job/container/main.ts'))).toBe(true);
});
