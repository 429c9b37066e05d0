import { tolerance } from '../support/tolerance.ts';
import { isClose } from '../support/close-to.ts';
import type { Job, Mode, Trajectory } from './jobs.ts';

/** Whether something that must hold does, and the figure that says so. */
export interface Check {
  readonly name: string;
  readonly passed: boolean;
  readonly detail: string;
}

const TOLERANCES = {
  fp32: { training: tolerance.gpuTraining, gradient: tolerance.gpuGradient },
  tf32: { training: tolerance.tf32Training, gradient: tolerance.tf32Gradient },
  bf16: { training: tolerance.bfloat16Training, gradient: tolerance.bfloat16Gradient },
} as const satisfies Record<Exclude<Mode, 'cpu'>, unknown>;

/** The losses, gradient norms and first gradient of a job on the GPU against those of the CPU. */
export function compareTrajectories(
  { model, mode }: Pick<Job, 'model' | 'mode'>,
  found: Trajectory,
  cpu: Trajectory,
): readonly Check[] {
  if (mode === 'cpu') return [];
  const { training, gradient } = TOLERANCES[mode];
  const name = `${model} ${mode}`;
  const distance = distanceOf(found.gradient, cpu.gradient);
  return [
    series(`${name}: loss of ${cpu.loss.length} steps`, found.loss, { expected: cpu.loss, ...training }),
    series(`${name}: gradient norm`, found.gradientNorm, { expected: cpu.gradientNorm, ...training }),
    {
      name: `${name}: gradient of the first step`,
      passed: distance <= gradient.rtol,
      detail: `distance ${distance.toExponential(1)} of the norm, at most ${gradient.rtol}`,
    },
  ];
}

interface Expected {
  readonly expected: readonly number[];
  readonly rtol: number;
  readonly atol: number;
}

function series(name: string, found: readonly number[], { expected, rtol, atol }: Expected): Check {
  const passed =
    found.length === expected.length && found.every((value, i) => isClose(value, expected[i]!, { rtol, atol }));
  const off = found.map((value, i) => Math.abs(value - expected[i]!) / Math.max(Math.abs(expected[i]!), 1e-30));
  return { name, passed, detail: `off by ${Math.max(...off).toExponential(1)} at most, allowed ${rtol}` };
}

/** Euclidean distance in shares of the norm of the second. */
function distanceOf(found: readonly number[], expected: readonly number[]): number {
  return Math.hypot(...expected.map((value, i) => found[i]! - value)) / Math.hypot(...expected);
}

/** What onnxruntime says of Memcpy nodes when it makes a session, with the number of nodes and the graph. */
export function memcpyLines(log: string): readonly string[] {
  return [...log.matchAll(/\d+ Memcpy nodes are added to the graph \S* ?for \w+/g)].map(([line]) => line);
}

export function checkCopies(name: string, log: string): Check {
  const lines = memcpyLines(log);
  const detail = lines.length === 0 ? 'onnxruntime names none' : lines.join('; ');
  return { name: `${name}: no Memcpy nodes`, passed: lines.length === 0, detail };
}
