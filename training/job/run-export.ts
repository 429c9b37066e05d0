import { resolve } from 'node:path';
import type { Gate, GateLimits, Manifest, Precision } from '../../shared/contracts/manifest.ts';
import { bundleInput } from '../../shared/features/bundle-input.ts';
import { openBundle } from '../../shared/model/bundle.ts';
import { refuseOtherContent } from '../../shared/model/write-bundle.ts';
import { NerError } from '../../shared/ner-error.ts';
import type { Sentence } from '../../shared/corpus/conll.ts';
import { convertBundle } from '../export/convert-bundle.ts';
import { bundleTagger } from './bundle-tagger.ts';

export interface ExportJob {
  /** Folder of the bundle that training wrote. */
  readonly model: string;
  /** Folder of the bundle to write. */
  readonly out: string;
  readonly precision: Precision;
  /** What activations are measured on and the gate compares on: the dev set. */
  readonly corpus: { readonly sha256: string; readonly sentences: readonly Sentence[] };
  /** Those that are not the defaults of the precision. */
  readonly limits: Partial<GateLimits>;
  readonly version: string;
  readonly threads: number;
}

/**
 * Writes a model's serving graph anew, in another precision say, as a bundle of its own: from the model's definition and
 * the weights in its bundle, and only if the export gate lets it through.
 *
 * @throws {E_USAGE} the bundle to write is the one that is read
 * @throws {E_EXPORT_GATE} as `checkGate`; then nothing is written
 * @throws what `openBundle`, `bundleTagger` and `writeBundle` throw
 */
export async function runExport(job: ExportJob): Promise<{ readonly manifest: Manifest; readonly gate: Gate }> {
  if (resolve(job.model) === resolve(job.out)) {
    throw new NerError(
      'E_USAGE',
      `export: --out is the model itself, got ${job.out}; expected another folder, because int8 cannot be turned back.`,
    );
  }
  await refuseOtherContent(job.out);
  const bundle = await openBundle(job.model);
  const trained = bundleTagger(bundle);
  return convertBundle({ ...job, ...trained, bundle, input: await bundleInput(bundle) });
}
