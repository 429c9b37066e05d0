import { z } from 'zod';
import { childResult, startChild } from '../support/run-child.ts';
import type { Samples } from './figure.ts';

const samplesSchema = z.record(z.string(), z.array(z.number()));

/** A process of its own, so that its memory is its own, that prints samples as JSON: what it printed. */
export async function samplesOfChild(script: string, args: readonly string[]): Promise<Samples> {
  const { stdout, stderr, code, signal } = await childResult(startChild(new URL(script, import.meta.url), args));
  if (code !== 0) throw new Error(`${script} ended with ${code ?? signal ?? 'nothing'}: ${stderr}`);
  return samplesSchema.parse(JSON.parse(stdout));
}

/** What a child prints at its end. */
export function printSamples(samples: Samples): void {
  process.stdout.write(JSON.stringify(samples));
}

/** Most memory that this process has held so far. */
export function peakMemoryMiB(): number {
  return process.resourceUsage().maxRSS / 1024;
}
