import { bundleEncoder } from '../../shared/features/bundle-encoder.ts';
import type { Bundle } from '../../shared/model/bundle.ts';
import { readSafetensors, type SafetensorsFile } from '../../shared/model/safetensors.ts';
import { NerError } from '../../shared/ner-error.ts';
import { readEncoderConfig } from '../models/encoder-config.ts';
import { createEncoderTagger } from '../models/encoder-tagger.ts';
import { readWeights } from '../models/encoder-weights.ts';
import { createEncoderWordsTagger } from '../models/encoder-words-tagger.ts';
import type { Tagger } from '../models/tagger.ts';
import { createEncoder } from '../models/transformer-encoder.ts';
import { createWordContext } from '../models/word-context.ts';
import { createWordTagger } from '../models/word-tagger.ts';
import { graphWeights } from '../export/graph-weights.ts';
import { modelSettingsSchema, type Settings } from './settings.ts';

/** A trained tagger: its definition, and the values of its parameters by name. Those of a CRF are in the manifest. */
export interface TrainedTagger {
  readonly model: Tagger;
  readonly values: ReadonlyMap<string, Float32Array>;
}

type ModelSettings = Settings['model'];
type ModelOf<K extends ModelSettings['kind']> = Extract<ModelSettings, { readonly kind: K }>;

const WEIGHTS_FILE = 'model.safetensors';
const CONFIG_FILE = 'config.json';

/**
 * The tagger that a bundle was exported from, as training defined it, with the weights of the bundle.
 *
 * @throws {E_WEIGHTS_MISSING} the bundle holds a graph of int8 alone
 * @throws {E_WEIGHTS_MALFORMED} {E_WEIGHTS_MISMATCH} the weights are no weights, or those of another model
 * @throws {E_BUNDLE_FOREIGN} its settings are not those of a model of this version
 */
export function bundleTagger(bundle: Bundle): TrainedTagger {
  const file = weightsOf(bundle);
  const settings = settingsOf(bundle);
  switch (settings.kind) {
    case 'words':
      return wordTagger(bundle, settings, file);
    case 'encoder':
      return encoderTagger(bundle, settings, file);
  }
}

/** Small bundles hold their weights once, in the graph. */
function weightsOf({ manifest, files }: Bundle): SafetensorsFile {
  const weights = files.get(WEIGHTS_FILE);
  if (weights !== undefined) return readSafetensors(weights, WEIGHTS_FILE);
  if (manifest.graph.precision === 'fp32') return graphWeights(files.get(manifest.graph.file)!);
  throw new NerError(
    'E_WEIGHTS_MISSING',
    `model ${manifest.id}: there is no ${WEIGHTS_FILE} in the bundle, got a graph of ${manifest.graph.precision} alone; ` +
      'expected the bundle that training wrote. Export from that one.',
  );
}

function settingsOf({ manifest }: Bundle): ModelSettings {
  const parsed = modelSettingsSchema.safeParse(manifest.recipe['model']);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw foreign(manifest.id, `its recipe has no model that we know (${issue!.path.join('.')}: ${issue!.message})`);
}

function wordTagger({ manifest, files }: Bundle, settings: ModelOf<'words'>, file: SafetensorsFile): TrainedTagger {
  if (manifest.features.kind !== 'word-features') throw foreign(manifest.id, 'its features are not those of its model');
  const encoder = bundleEncoder(manifest.features, files);
  const model = createWordTagger({ settings, encoder, labels: manifest.labels.length, crf: false });
  return { model, values: ownValues(model, file, manifest.id) };
}

/** Values under our own names, as word-level taggers are written. */
function ownValues(model: Tagger, { tensors }: SafetensorsFile, id: string): Map<string, Float32Array> {
  return new Map(
    model.parameters.map(({ name, shape }) => {
      const tensor = tensors.get(name);
      if (tensor?.dtype !== 'F32' || tensor.shape.join() !== shape.join()) {
        throw new NerError(
          'E_WEIGHTS_MISMATCH',
          `model ${id}: '${name}' in ${WEIGHTS_FILE} is wrong, got ${tensor === undefined ? 'nothing' : `${tensor.dtype} [${tensor.shape.join(', ')}]`}; ` +
            `expected F32 [${shape.join(', ')}]. Train the model again with this version.`,
        );
      }
      return [name, tensor.data];
    }),
  );
}

function encoderTagger(bundle: Bundle, settings: ModelOf<'encoder'>, file: SafetensorsFile): TrainedTagger {
  const { manifest, files } = bundle;
  if (manifest.features.kind !== 'pieces') throw foreign(manifest.id, 'its features are not those of its model');
  const config = readEncoderConfig(configOf(bundle), CONFIG_FILE);
  const encoder = createEncoder(config);
  const common = { crf: false, labels: manifest.labels.length, dropout: 0 };
  const { words } = manifest.features;
  const model =
    settings.words === null || words === undefined
      ? createEncoderTagger(encoder, { ...common, head: settings.head })
      : createEncoderWordsTagger(encoder, {
          ...common,
          words: createWordContext(settings.words, bundleEncoder(words, files)),
        });
  const source = `model ${manifest.id}`;
  const { values, fresh } = readWeights(model.parameters, file, { architecture: config.architecture, source });
  if (fresh.length > 0) {
    throw new NerError(
      'E_WEIGHTS_MISMATCH',
      `${source}: weights of the head are missing, got none for ${fresh.join(', ')}. Train the model again with this version.`,
    );
  }
  return { model, values };
}

function configOf({ manifest, files }: Bundle): unknown {
  const bytes = files.get(CONFIG_FILE);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw foreign(manifest.id, `its ${CONFIG_FILE} is missing or no JSON`, cause);
  }
}

function foreign(id: string, reason: string, cause?: unknown): NerError {
  return new NerError('E_BUNDLE_FOREIGN', `model ${id}: no model of this version: ${reason}. Train it again.`, {
    cause,
  });
}
