// Runs K steps of each training program on CUDA, for what no_gpu.c counts at the end of the process: one program a process.
//
//   FOLDER/with node test/golden/generate/cuda/count-copies.ts 'bert, crf, training, fp32' K
//   FOLDER/with node test/golden/generate/cuda/count-copies.ts MiniLM-L6 K
import '../../../../shared/env.ts';
import { createSession } from '../../../../shared/ort/session.ts';
import { toOnnx } from '../../../../training/engine/index.ts';
import { gpuProgram, randomBatches } from '../../../gpu/gpu-program.ts';
import { MODELS } from '../../../gpu/jobs.ts';
import { emittedGraphs } from '../../../support/emitted-graphs.ts';
import { randomFeeds, toOrt } from '../../../support/engine.ts';

const [name = '', steps = '1'] = process.argv.slice(2);
const K = Number(steps);
const model = MODELS.find((one) => one === name);
const program = model && gpuProgram({ model, mode: 'bf16' });
const graph = program?.graph ?? emittedGraphs.find(([key]) => key === name)?.[1]();
if (graph === undefined)
  throw new Error(`no program '${name}'; expected ${[...MODELS, ...emittedGraphs.map(([key]) => key)].join('; ')}`);
const randomInputs = () =>
  Object.fromEntries(Object.entries(randomFeeds(graph, { B: 2, T: 5, K })).map(([key, feed]) => [key, toOrt(feed)]));
const batches = model && randomBatches({ kind: 'speed', model, mode: 'bf16', sentences: 4, tokens: 12 }, K);
const session = await createSession(toOnnx(graph), { device: 'cuda' });
await session.run(program === undefined ? randomInputs() : { ...program.state(), ...batches });
await session.release();
