import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readEnv } from '../../../shared/env.ts';

/** Where the hub is, who asks and where its files are kept. */
export interface HubSettings {
  /** Without a slash at the end. */
  readonly endpoint: string;
  readonly token: string | undefined;
  /** Holds a folder a model, laid out as huggingface_hub of Python does, which shares it. */
  readonly cacheDir: string;
  /** Whether only the cache may be asked. */
  readonly offline: boolean;
}

const HUB = 'https://huggingface.co';

/**
 * What Hugging Face's own tools take from the environment (huggingface_hub 0.36, constants.py): HF_ENDPOINT, HF_TOKEN or
 * the token that `hf auth login` left in HF_HOME, HF_HUB_CACHE or else `hub` in HF_HOME, HF_HUB_OFFLINE.
 */
export function hubSettings(env: (name: string) => string | undefined = readEnv): HubSettings {
  const home = env('HF_HOME') ?? join(env('XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'huggingface');
  return {
    endpoint: (env('HF_ENDPOINT') ?? HUB).replace(/\/+$/, ''),
    token: env('HF_TOKEN') ?? savedToken(env('HF_TOKEN_PATH') ?? join(home, 'token')),
    cacheDir: env('HF_HUB_CACHE') ?? join(home, 'hub'),
    offline: ['1', 'ON', 'YES', 'TRUE'].includes((env('HF_HUB_OFFLINE') ?? '').toUpperCase()),
  };
}

function savedToken(path: string): string | undefined {
  try {
    const token = readFileSync(path, 'utf8').trim();
    return token === '' ? undefined : token;
  } catch {
    // Nobody has logged in.
    return undefined;
  }
}
