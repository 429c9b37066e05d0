import { homedir } from 'node:os';
import { join } from 'node:path';
import { readEnv } from '../shared/env.ts';
import type { EncoderSource } from '../training/job/training-job.ts';

/** An encoder as it is named on the command line; where and how the hub is reached is up to the environment. */
export function encoderSource(name: string, revision: string | undefined): EncoderSource {
  const hubHome = readEnv('HF_HOME') ?? join(readEnv('XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'huggingface');
  return {
    name,
    revision,
    token: readEnv('HF_TOKEN'),
    endpoint: readEnv('HF_ENDPOINT'),
    cacheDir: join(hubHome, 'tagwright'),
  };
}
