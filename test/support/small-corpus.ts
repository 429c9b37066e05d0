import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const sample = join(import.meta.dirname, '..', '..', 'data', 'sample');

/** Writes a corpus with the first sentences of data/sample for training, and its dev and test. */
export async function writeSmallCorpus(folder: string, sentences: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const split of ['dev', 'test']) await cp(join(sample, split), join(folder, split));
  const all = (await readFile(join(sample, 'train'), 'utf8')).trim().split('\n\n');
  await writeFile(join(folder, 'train'), `${all.slice(0, sentences).join('\n\n')}\n`);
}
