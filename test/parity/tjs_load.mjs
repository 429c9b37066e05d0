// Loads bundles as their users in JavaScript do, with transformers.js, and gives what it computes.
//
//     node tjs_load.mjs PACKAGES < request.json > answer.json
//
// PACKAGES is the folder in whose node_modules transformers.js is. Request and answer are those of hf_load.py; words
// are joined by spaces, because transformers.js takes no words. `entities` are what the pipeline gives for each text.
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';

const [packages] = process.argv.slice(2);
const require = createRequire(join(packages, 'package.json'));
const { env, pipeline } = require('@huggingface/transformers');
env.allowRemoteModels = false;

/** The rows of a padded [B, T, ...] array, without padding. */
function unpadded({ data, dims: [sentences, longest, width = 1] }, lengths) {
  return Array.from({ length: sentences }, (_, i) =>
    Array.from({ length: lengths[i] }, (_, t) => {
      const at = (i * longest + t) * width;
      return width === 1 ? Number(data[at]) : Array.from(data.subarray(at, at + width));
    }),
  );
}

async function answer(bundle, sentences) {
  env.localModelPath = `${dirname(bundle)}/`;
  const tag = await pipeline('token-classification', basename(bundle), { dtype: 'fp32' });
  const texts = sentences.map((words) => words.join(' '));
  const batch = tag.tokenizer(texts, { padding: true });
  const [count, longest] = batch.attention_mask.dims;
  const mask = Array.from(batch.attention_mask.data, Number);
  const lengths = Array.from({ length: count }, (_, i) =>
    mask.slice(i * longest, (i + 1) * longest).reduce((sum, one) => sum + one, 0),
  );
  const { logits } = await tag.model(batch);
  const entities = [];
  for (const one of texts) entities.push(await tag(one, { ignore_labels: [] }));
  return {
    ids: unpadded(batch.input_ids, lengths),
    logits: { 'transformers.js': unpadded(logits, lengths) },
    entities: entities.map((found) => found.map(({ entity, score }) => ({ entity, score }))),
  };
}

const request = JSON.parse(await text(process.stdin));
const bundles = [];
for (const bundle of request.bundles) bundles.push(await answer(bundle, request.sentences));
const versions = { 'transformers.js': env.version };
process.stdout.write(JSON.stringify({ versions, bundles }));
