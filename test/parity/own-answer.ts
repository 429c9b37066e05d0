import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { createSession } from '../../shared/ort/session.ts';
import { readTokenizerJson } from '../../shared/text/tokenizer-json.ts';
import { createWordPiece } from '../../shared/text/word-piece.ts';
import type { Answer } from './answer.ts';

const configSchema = z.object({ id2label: z.record(z.string(), z.string()) });

/** What Tagwright computes with a bundle: its tokeniser, and its graph in its session, one padded batch. */
export async function ownAnswer(bundle: string, sentences: readonly (readonly string[])[]): Promise<Answer> {
  const source = join(bundle, 'tokenizer.json');
  const { wordPiece, specials } = readTokenizerJson(await readFile(source), { source });
  const pieces = createWordPiece(wordPiece);
  const ids = sentences.map((words) => [specials.cls, ...pieces.encodeWords(words).ids, specials.sep]);
  const longest = Math.max(...ids.map((row) => row.length));
  const dims = [ids.length, longest];
  const inputIds = new BigInt64Array(ids.length * longest).fill(BigInt(specials.pad ?? 0));
  const mask = new BigInt64Array(ids.length * longest);
  ids.forEach((row, i) => {
    inputIds.set(row.map(BigInt), i * longest);
    mask.fill(1n, i * longest, i * longest + row.length);
  });
  const session = await createSession(join(bundle, 'onnx', 'model.onnx'));
  const { logits } = await session.run({
    input_ids: { dtype: 'int64', dims, data: inputIds },
    attention_mask: { dtype: 'int64', dims, data: mask },
  });
  await session.release();
  const flat = Array.from(logits!.data, Number);
  const width = logits!.dims[2]!;
  const row = (i: number): number[] => flat.slice(i * width, (i + 1) * width);
  const { id2label } = configSchema.parse(JSON.parse(await readFile(join(bundle, 'config.json'), 'utf8')));
  return {
    ids,
    specialIds: Object.values(specials).filter((id) => id !== null),
    labels: Array.from({ length: width }, (_, i) => id2label[i] ?? '?'),
    logits: { tagwright: ids.map(({ length }, i) => Array.from({ length }, (_, t) => row(i * longest + t))) },
  };
}
