import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const people = ['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara', 'Donald', 'Tony', 'Frances', 'John', 'Kathleen'];
const places = ['Paris', 'Rome', 'Oslo', 'Lima', 'Cairo'];

/** Sentences `PERSON lives in PLACE`, from the `from`-th on, as CoNLL. */
export function tinyConll(count: number, from = 0): string {
  return Array.from({ length: count }, (_, i) => {
    const person = people[(from + i) % people.length]!;
    const place = places[(from + i) % places.length]!;
    return `${person}\tB-person\nlives\tO\nin\tO\n${place}\tB-place\nsince\tO\n${1900 + from + i}\tO\n`;
  }).join('\n');
}

/** A corpus folder with a few such sentences for each split; another `from` is another corpus. */
export function writeTinyDataset(
  dir: string,
  {
    from = 0,
    test = true,
    train = 40,
  }: { readonly from?: number; readonly test?: boolean; readonly train?: number } = {},
): string {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'train.conll'), tinyConll(train, from));
  writeFileSync(join(dir, 'dev.conll'), tinyConll(10, from + 1_000));
  if (test) writeFileSync(join(dir, 'test.conll'), tinyConll(20, from + 2_000));
  return dir;
}
