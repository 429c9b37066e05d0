import { PREFIXES } from '../../shared/contracts/layout.ts';
import { MANIFEST_FILE, type Manifest } from '../../shared/contracts/manifest.ts';
import { readBundleFrom, type Bundle } from '../../shared/model/bundle.ts';
import { memorySource, storeSource, type BundleSource } from '../../shared/model/bundle-source.ts';
import type { LoadedModel } from '../../shared/model/load-model.ts';
import { manifestBytes } from '../../shared/model/manifest-id.ts';
import { NerError, type ErrorCode } from '../../shared/ner-error.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';

/** What a job left: a model that answers, or why there is none. */
export type JobModel =
  | { readonly kind: 'loaded'; readonly model: LoadedModel; readonly source: BundleSource }
  | { readonly kind: 'missing'; readonly reason: string }
  | { readonly kind: 'unusable'; readonly reason: string; readonly modelId?: string };

/** Errors that say that the model is bad, and would be so the next time too; any other may pass. */
const FAULTS_OF_MODELS: ReadonlySet<ErrorCode> = new Set([
  'E_BUNDLE_TAMPERED',
  'E_BUNDLE_FOREIGN',
  'E_GRAPH_UNSAFE',
  'E_GRAPH_INVALID',
  'E_GRAPH_RUN',
  'E_GRAPH_TOO_LARGE',
  'E_MODEL_GOLDEN',
  'E_SHAPE_MISMATCH',
  'E_DTYPE_MISMATCH',
  'E_TOKENIZER_MALFORMED',
  'E_TOKENIZER_MISMATCH',
  'E_TOKENIZER_MISSING',
  'E_TOKENIZER_UNSUPPORTED',
  'E_VECTORS_MALFORMED',
  'E_VECTORS_MISSING',
  'E_WEIGHTS_MALFORMED',
  'E_WEIGHTS_MISMATCH',
  'E_WEIGHTS_MISSING',
]);

/** Whether a model is to blame for an error, and not the machine or the store. */
export function isFaultOfModel(error: unknown): error is NerError {
  return error instanceof NerError && FAULTS_OF_MODELS.has(error.code);
}

/**
 * Opens what a job left under its output: every byte is verified, and then the model has to load and to find in its golden
 * texts what its exporter found. The source that comes with a model has the bytes that were verified, whatever becomes of
 * the job's output meanwhile.
 */
export async function openJobModel(
  store: ObjectStore,
  job: string,
  load: (bundle: Bundle) => Promise<LoadedModel>,
): Promise<JobModel> {
  const prefix = `${PREFIXES.jobs}${job}/output/model/`;
  let manifest: Manifest | undefined;
  try {
    const bundle = await readBundleFrom(storeSource(store, prefix));
    manifest = bundle.manifest;
    const model = await load(bundle);
    const files = new Map([...bundle.files, [MANIFEST_FILE, manifestBytes(manifest)] as const]);
    return { kind: 'loaded', model, source: memorySource(prefix, files) };
  } catch (error) {
    if (error instanceof NerError && error.code === 'E_BUNDLE_MISSING')
      return { kind: 'missing', reason: inWords(error) };
    if (!isFaultOfModel(error)) throw error;
    return { kind: 'unusable', reason: inWords(error), ...(manifest === undefined ? {} : { modelId: manifest.id }) };
  }
}

export function inWords({ code, message }: NerError): string {
  return `${code}: ${message}`;
}
