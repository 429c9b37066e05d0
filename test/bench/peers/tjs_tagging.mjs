// Tags texts with the pipeline of transformers.js: texts a second.
//
//     node tjs_tagging.mjs PACKAGES DTYPE JOB
//
// PACKAGES is the folder in whose node_modules transformers.js is, DTYPE `fp32` (onnx/model.onnx) or `q8`
// (onnx/model_quantized.onnx), JOB a TaggingJob (test/bench/tagging-job.ts) as JSON. Texts are sorted by length first, which
// makes batches with little padding. The pipeline gives labelled pieces without places in the text, so none are written.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';

const WARM_UP_TEXTS = 64;

const [packages, dtype, json] = process.argv.slice(2);
const { env, pipeline } = createRequire(join(packages, 'package.json'))('@huggingface/transformers');
const { model, texts: file, batch } = JSON.parse(json);
env.allowRemoteModels = false;
env.localModelPath = `${dirname(model)}/`;

const texts = JSON.parse(readFileSync(file, 'utf8')).sort((a, b) => a.length - b.length);
const tag = await pipeline('token-classification', basename(model), { dtype });
const tagAll = async (all) => {
  for (let i = 0; i < all.length; i += batch) await tag(batch === 1 ? all[i] : all.slice(i, i + batch));
};

await tagAll(texts.slice(0, WARM_UP_TEXTS));
const begun = performance.now();
await tagAll(texts);
const seconds = (performance.now() - begun) / 1000;
process.stdout.write(JSON.stringify({ tagged: [texts.length / seconds] }));
