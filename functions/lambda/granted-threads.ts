import { readEnv } from '../../shared/env.ts';

/** Lambda grants a whole CPU with so much memory, whatever number of CPUs the machine shows. */
const MB_PER_CPU = 1_769;

/** Threads that the function's memory pays for; more would only take turns. */
export function grantedThreads(memoryMb = Number(readEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE') ?? MB_PER_CPU)): number {
  return Math.max(1, Math.floor(memoryMb / MB_PER_CPU));
}
