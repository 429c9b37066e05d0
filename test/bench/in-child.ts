import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { childOutput } from '../support/child-output.ts';
import { childResult, startChild } from '../support/run-child.ts';
import type { Samples } from './figure.ts';

const samplesSchema = z.record(z.string(), z.array(z.number()));

/** A process of its own, so that its memory is its own, that prints samples as JSON: what it printed. */
export async function samplesOfChild(script: string, args: readonly string[]): Promise<Samples> {
  const { stdout, stderr, code, signal } = await childResult(startChild(new URL(script, import.meta.url), args));
  if (code !== 0) throw new Error(`${script} ended with ${code ?? signal ?? 'nothing'}: ${stderr}`);
  return parseSamples(stdout);
}

/** What a process has printed. */
export function parseSamples(stdout: string): Samples {
  return samplesSchema.parse(JSON.parse(stdout));
}

/** The same of a Python script, which takes one argument of JSON. */
export async function samplesOfPython(python: string, script: string, job: unknown): Promise<Samples> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  return parseSamples(await childOutput([python, file, JSON.stringify(job)]));
}

/** What a child prints at its end. */
export function printSamples(samples: Samples): void {
  process.stdout.write(JSON.stringify(samples));
}

/**
 * Most memory that this process has held so far. On Linux as the kernel counts it since the program began: what
 * `resourceUsage` tells may be the parent's.
 */
export function peakMemoryMiB(): number {
  const found =
    process.platform === 'linux' ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) : null;
  return (found === null ? process.resourceUsage().maxRSS : Number(found[1])) / 1024;
}
