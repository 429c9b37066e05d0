/**
 * One job in a process of its own, so that its switches, its memory and what onnxruntime says are its own: the job as JSON
 * in the first argument, its result as JSON on stdout.
 */
import '../../shared/env.ts';
import { performance } from 'node:perf_hooks';
import { createSession, type Session } from '../../shared/ort/session.ts';
import type { Tensor as OrtTensor } from '../../shared/ort/tensor.ts';
import { toOnnx } from '../../training/engine/index.ts';
import { gpuProgram, randomBatches, type GpuProgram } from './gpu-program.ts';
import { jobSchema, type Job, type Speed, type Trajectory } from './jobs.ts';

type State = Readonly<Record<string, OrtTensor>>;

/** Steps of a trajectory after the first one. */
const MORE_STEPS = 9;
/** Elements of the gradient that are compared. */
const SAMPLED = 4096;
/** One less the factor of AdamW's first moment: after one step the moment is the clipped gradient times this. */
const NEW_SHARE = 1 - 0.9;

async function open({ mode }: Job, { graph }: GpuProgram): Promise<Session> {
  const device = mode === 'cpu' ? 'cpu' : 'cuda';
  return createSession(toOnnx(graph), { device, log: 'warnings' });
}

/** Runs the steps of the batches; gives what the graph gives and the state after them. */
async function advance(
  session: Session,
  state: State,
  batches: State,
): Promise<{ readonly figures: State; readonly state: State }> {
  const figures = await session.run({ ...state, ...batches });
  const next = Object.keys(state).map((name) => [name, figures[`next.${name}`]!] as const);
  return { figures, state: Object.fromEntries(next) };
}

async function trajectory(job: Job): Promise<Trajectory> {
  const program = gpuProgram(job);
  const session = await open(job, program);
  const first = await advance(session, program.state(), randomBatches(job, 1));
  const later = await advance(session, first.state, randomBatches(job, MORE_STEPS));
  await session.release();
  const read = (name: string): number[] =>
    [first, later].flatMap(({ figures }) => Array.from(figures[name]!.data as Float32Array));
  const stride = Math.ceil(program.parameters / SAMPLED);
  const gradient = Object.entries(first.state)
    .filter(([name]) => name.startsWith('mean.'))
    .flatMap(([, { data }]) => Array.from((data as Float32Array).filter((_, i) => i % stride === 0)))
    .map((value) => value / NEW_SHARE);
  return { loss: read('loss'), gradientNorm: read('gradientNorm'), gradient };
}

/** A long run less a short one is steps alone: what a run costs beyond its steps is in both. */
const SHORT = 2;
const LONG = 22;
const REPEATS = 3;

async function speed(job: Job): Promise<Speed> {
  const program = gpuProgram(job);
  const state = program.state();
  const started = performance.now();
  const session = await open(job, program);
  const createMs = performance.now() - started;
  const time = async (steps: number): Promise<number> => {
    const batches = randomBatches(job, steps);
    const times: number[] = [];
    // The first run allocates and chooses algorithms.
    for (let i = 0; i <= REPEATS; i++) {
      const from = performance.now();
      await advance(session, state, batches);
      if (i > 0) times.push(performance.now() - from);
    }
    return times.sort((a, b) => a - b)[REPEATS >> 1]!;
  };
  const [short, long] = [await time(SHORT), await time(LONG)];
  await session.release();
  const stepMs = (long - short) / (LONG - SHORT);
  return { parameters: program.parameters, createMs, stepMs, runMs: short - SHORT * stepMs };
}

const job = jobSchema.parse(JSON.parse(process.argv[2] ?? '{}'));
process.stdout.write(JSON.stringify(job.kind === 'speed' ? await speed(job) : await trajectory(job)));
