import type { z } from 'zod';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { childResult } from '../support/run-child.ts';
import type { Job } from './jobs.ts';

/** Runs a job in a process of its own: its result, and what onnxruntime said. */
export async function startJob<T>(
  job: Job,
  schema: z.ZodType<T>,
): Promise<{ readonly result: T; readonly log: string }> {
  const script = fileURLToPath(new URL('run-job.ts', import.meta.url));
  // cuBLAS rounds the factors of products to TF32 unless it is told otherwise, before it starts.
  const precise = job.mode === 'fp32' ? { NVIDIA_TF32_OVERRIDE: '0' } : {};
  const child = spawn(process.execPath, [script, JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...precise },
  });
  const { stdout, stderr, code, signal } = await childResult(child);
  if (code !== 0) throw new Error(`${JSON.stringify(job)} ended with ${code ?? signal ?? 'nothing'}: ${stderr}`);
  return { result: schema.parse(JSON.parse(stdout)), log: stderr };
}
