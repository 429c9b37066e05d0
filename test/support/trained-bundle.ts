import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { cli } from './cli.ts';

/** The corpus in this repository. */
export const SAMPLE = join(import.meta.dirname, '..', '..', 'data', 'sample');

/** Trains a tagger on the sample corpus through the CLI, once for the tests of a file; gives the bundle's folder. */
export function trainedBundle(epochs: number): () => string {
  let folder = '';
  const bundle = (): string => join(folder, 'bundle');
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tagwright-bundle-'));
    const { code, stderr } = await cli(['train', '--corpus', SAMPLE, '--out', bundle(), '--epochs', String(epochs)]);
    if (code !== 0) throw new Error(`training the bundle of the tests failed:\n${stderr}`);
  }, 120_000);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return bundle;
}
