import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { ensurePythonEnvironment } from '../../scripts/python-environment.mjs';
import { realCorpus, realEncoder, shownPath } from './bench-inputs.ts';
import type { Figure } from './figure.ts';
import { measureEpochs } from './peer-epochs.ts';
import { measureQuality } from './peer-quality.ts';
import { measureSteps } from './peer-steps.ts';

/** What Tagwright is measured against, and on what. */
export interface Peers {
  /** A Python with torch and transformers. */
  readonly python: string;
  readonly threads: number;
  /** Told in a line of what begins. */
  readonly say: (line: string) => void;
}

export interface FineTuningPeers extends Peers {
  /** Folder of MiniLM-L6. */
  readonly encoder: string;
  /** Folder of WNUT16. */
  readonly corpus: string;
}

/**
 * Training against torch: speed and memory, or with `quality` the F1 of both, which takes an hour. The first run
 * installs torch, outside the clone.
 */
export async function measurePeers(say: (line: string) => void, quality: boolean): Promise<readonly Figure[]> {
  const { python, missing } = ensurePythonEnvironment({ say });
  if (python === undefined) {
    console.error(`there is nobody to measure against: ${missing}`);
    process.exitCode = 1;
    return [];
  }
  const peers = { python, say, threads: availableParallelism() };
  const absent = [realEncoder, realCorpus].filter((folder) => !existsSync(folder));
  if (absent.length > 0) say(`fine-tuning is not measured: ${absent.map(shownPath).join(' and ')} not there`);
  const fineTuning = { ...peers, encoder: realEncoder, corpus: realCorpus };
  if (quality) return absent.length > 0 ? [] : measureQuality(fineTuning);
  const steps = await measureSteps(peers);
  return absent.length > 0 ? steps : [...steps, ...(await measureEpochs(fineTuning))];
}
