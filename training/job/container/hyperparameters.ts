import { z } from 'zod';
import { DATASET_HYPERPARAMETER, FINGERPRINT_HYPERPARAMETER } from '../../../shared/contracts/training-job.ts';
import { NerError } from '../../../shared/ner-error.ts';
import { DEVICES, type Device } from '../../../shared/ort/device.ts';
import { defaultSettings, withSettings, type ModelKind, type SettingChange } from '../settings.ts';
import { readConfig } from './read-config.ts';

/** What hyperparameters say of a job. */
export interface ContainerSettings {
  readonly seed: number;
  readonly repair: boolean;
  readonly allowUnseenTypes: boolean;
  /** Undefined: what the instance has. */
  readonly device: Device | undefined;
  /** What the manifest calls the encoder of the channel. */
  readonly encoder: string;
  readonly changes: readonly SettingChange[];
}

const FILE = 'hyperparameters.json';

/** The platform's own, and what we write beside the settings so that a job's end says what it was for. */
const PASSED_OVER = new RegExp(`^(?:_|sagemaker_|${FINGERPRINT_HYPERPARAMETER}$|${DATASET_HYPERPARAMETER}$)`);

const whole = z
  .string()
  .regex(/^\d{1,9}$/, 'expected a whole number')
  .transform(Number);
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** Those that are no settings, by name. */
const namedSchema = z.object({
  seed: whole.default(1),
  /** What the platform's Hyperband calls train.epochs. */
  epochs: whole.optional(),
  repair: flag.default(false),
  allow_unseen_types: flag.default(false),
  device: z.enum(DEVICES).optional(),
  encoder: z
    .string()
    .regex(/^[\w./@-]{1,256}$/, 'expected the name of an encoder')
    .default('encoder'),
});
const NAMES: ReadonlySet<string> = new Set(Object.keys(namedSchema.shape));

const textsSchema = z.record(z.string(), z.string());

/**
 * Reads the hyperparameters of a job, where every value is text: dotted paths of settings, such as `train.learningRate`, and
 * a few names. No file is no hyperparameters.
 *
 * @throws {E_HYPERPARAMETER} by its name, one that there is not or with a value out of range
 * @throws {E_TRAINING_INPUT} the file is no flat object of texts
 */
export async function readHyperparameters(file: string, kind: ModelKind): Promise<ContainerSettings> {
  const texts = await readConfig(file, textsSchema);
  const named: Record<string, string> = {};
  const settings: [string, unknown][] = [];
  for (const [name, text] of Object.entries(texts)) {
    if (PASSED_OVER.test(name)) continue;
    if (NAMES.has(name)) named[name] = text;
    else if (name.includes('.')) settings.push([name, valueOf(text)]);
    else
      throw refused(
        name,
        `there is no such hyperparameter; expected a setting, such as train.learningRate, or one of ${[...NAMES].join(', ')}`,
      );
  }
  const parsed = namedSchema.safeParse(named);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = String(issue!.path[0]);
    throw refused(name, `the value is not allowed, got ${JSON.stringify(named[name])}: ${issue!.message}`);
  }
  const { seed, epochs, repair, allow_unseen_types: allowUnseenTypes, device, encoder } = parsed.data;
  const changes = inOrder([...(epochs === undefined ? [] : [['train.epochs', epochs] as const]), ...settings]);
  checkChanges(changes, kind);
  return { seed, repair, allowUnseenTypes, device, encoder, changes };
}

/** JSON where it is, and otherwise text, as on the command line. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A `kind` or `name` comes before what it makes possible: an object has no order that anybody relies on. */
function inOrder(changes: readonly SettingChange[]): readonly SettingChange[] {
  const isKind = ([path]: SettingChange): boolean => /\.(?:kind|name)$/.test(path);
  const depth = ([path]: SettingChange): number => path.split('.').length;
  return [
    ...changes.filter(isKind).sort((a, b) => depth(a) - depth(b)),
    ...changes.filter((change) => !isKind(change)),
  ];
}

/** Tells a hyperparameter that is wrong by its name, before anything else is read. */
function checkChanges(changes: readonly SettingChange[], kind: ModelKind): void {
  const twice = changes.map(([path]) => path).filter((path, i, all) => all.indexOf(path) !== i);
  if (twice.length > 0) throw refused('epochs', `${twice[0]!} is given as well; expected one of the two`);
  try {
    withSettings(defaultSettings[kind], changes);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw refused(blamed(changes, message), message, cause);
  }
}

/** The hyperparameter that a message about settings is about: the place it names may lie inside of what was given. */
function blamed(changes: readonly SettingChange[], message: string): string {
  const place = /^settings: (?:there is no )?([^\s:,]+)/.exec(message)?.[1] ?? '';
  return changes.map(([path]) => path).find((path) => place === path || place.startsWith(`${path}.`)) ?? place;
}

function refused(name: string, what: string, cause?: unknown): NerError {
  return new NerError('E_HYPERPARAMETER', `${FILE}: ${name}: ${what}.`.replace(/\.+$/, '.'), { cause });
}
