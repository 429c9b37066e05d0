// Runs K steps of a training program on CUDA, for the count of copies that no_gpu.c prints at the end:
//
//   FOLDER/with node test/golden/generate/cuda/count-copies.ts MODEL MODE K
import '../../../../shared/env.ts';
import { createSession } from '../../../../shared/ort/session.ts';
import { toOnnx } from '../../../../training/engine/index.ts';
import { gpuProgram, randomBatches } from '../../../gpu/gpu-program.ts';
import { jobSchema } from '../../../gpu/jobs.ts';

const [model, mode, steps] = process.argv.slice(2);
const job = jobSchema.parse({ kind: 'speed', model, mode, sentences: 4, tokens: 12 });
const program = gpuProgram(job);
const session = await createSession(toOnnx(program.graph), { device: 'cuda' });
await session.run({ ...program.state(), ...randomBatches(job, Number(steps)) });
await session.release();
