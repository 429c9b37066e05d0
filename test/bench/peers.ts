import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensureNodePackages } from '../../scripts/node-packages.mjs';
import { ensurePythonEnvironment } from '../../scripts/python-environment.mjs';
import { realCorpus, realEncoder, shownPath } from './bench-inputs.ts';
import type { Figure } from './figure.ts';
import { measureEpochs } from './peer-epochs.ts';
import { measureQuality } from './peer-quality.ts';
import { measureSteps } from './peer-steps.ts';
import { measurePeerTagging } from './peer-tagging.ts';

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

/** What is measured against others: speed and memory of training, the F1 of both, which takes an hour, or tagging. */
export type PeerWish =
  | { readonly kind: 'speed' }
  | { readonly kind: 'quality' }
  | { readonly kind: 'tagging'; readonly model: string | undefined; readonly int8: string | undefined };

export interface MeasurePeersOptions {
  readonly say: (line: string) => void;
  /** Folder that is removed at the end. */
  readonly folder: string;
}

/** Ours against others'. The first run installs them, outside the clone. */
export async function measurePeers(wish: PeerWish, { say, folder }: MeasurePeersOptions): Promise<readonly Figure[]> {
  const { python, missing } = ensurePythonEnvironment({ say });
  if (python === undefined) return nobody(missing);
  const peers = { python, say, threads: availableParallelism() };
  const absent = [realEncoder, realCorpus].filter((place) => !existsSync(place));
  if (wish.kind === 'tagging') {
    if (absent.length > 0) return nobody(`${absent.map(shownPath).join(' and ')} not there`);
    const { folder: packages, missing: reason } = ensureNodePackages(transformersJs, { say });
    if (packages === undefined) return nobody(reason);
    return measurePeerTagging({ ...peers, ...wish, packages, folder });
  }
  if (absent.length > 0) say(`fine-tuning is not measured: ${absent.map(shownPath).join(' and ')} not there`);
  const fineTuning = { ...peers, encoder: realEncoder, corpus: realCorpus };
  if (wish.kind === 'quality') return absent.length > 0 ? [] : measureQuality(fineTuning);
  const steps = await measureSteps(peers);
  return absent.length > 0 ? steps : [...steps, ...(await measureEpochs(fineTuning))];
}

/** The package.json of transformers.js. */
const transformersJs = join(import.meta.dirname, '..', 'parity', 'transformers-js');

function nobody(missing: string | undefined): readonly Figure[] {
  console.error(`there is nobody to measure against: ${String(missing)}`);
  process.exitCode = 1;
  return [];
}
