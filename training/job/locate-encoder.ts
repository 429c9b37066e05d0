import type { EncoderSource, JobEvent } from './training-job.ts';

export async function* locateEncoder({ name }: EncoderSource): AsyncGenerator<JobEvent, string> {
  return name;
}
