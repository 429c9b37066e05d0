import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LOGITS_OUTPUT } from '../../shared/contracts/manifest.ts';
import { createPieceInput } from '../../shared/features/piece-input.ts';
import { createSession } from '../../shared/ort/session.ts';
import { openTokenizer, TOKENIZER_FILES, type TextTokenizer } from '../../shared/text/tokenizer.ts';
import type { Answer } from './answer.ts';

const configSchema = z.object({ id2label: z.record(z.string(), z.string()) });

/** More than any sentence has pieces: the libraries are not asked to cut any. */
const MAX_PIECES = 128;

async function tokenizerOf(bundle: string): Promise<TextTokenizer> {
  const files = new Map<string, Uint8Array>();
  for (const name of TOKENIZER_FILES) {
    if (existsSync(join(bundle, name))) files.set(name, await readFile(join(bundle, name)));
  }
  return openTokenizer(files, bundle);
}

/** What Tagwright computes with a bundle: its tokeniser, and its graph in its session, as one padded batch. */
export async function ownAnswer(bundle: string, sentences: readonly (readonly string[])[]): Promise<Answer> {
  const tokenizer = await tokenizerOf(bundle);
  const input = createPieceInput(tokenizer, MAX_PIECES);
  const windows = await input.windows(sentences);
  const longest = Math.max(...windows.map(({ length }) => length));
  const session = await createSession(join(bundle, 'onnx', 'model.onnx'));
  const logits = (await session.run(input.feeds(windows, longest)))[LOGITS_OUTPUT]!;
  await session.release();
  const flat = Array.from(logits.data, Number);
  const width = logits.dims[2]!;
  const scoresOf = (sentence: number, t: number): number[] => {
    const at = (sentence * longest + t) * width;
    return flat.slice(at, at + width);
  };
  const { id2label } = configSchema.parse(JSON.parse(await readFile(join(bundle, 'config.json'), 'utf8')));
  return {
    ids: windows.map(({ ids }) => [...ids]),
    specialIds: Object.values(tokenizer.specials).filter((id) => id !== null),
    labels: Array.from({ length: width }, (_, i) => id2label[i] ?? '?'),
    logits: { tagwright: windows.map(({ length }, i) => Array.from({ length }, (_, t) => scoresOf(i, t))) },
  };
}
