import { bfloat16ToFloat32, float16ToFloat32 } from '../../shared/model/half-float.ts';
import type { SafetensorsFile, SafetensorsTensor } from '../../shared/model/safetensors.ts';
import { NerError } from '../../shared/ner-error.ts';
import type { ParameterSpec } from '../nn/parameter.ts';
import type { Architecture } from './encoder-config.ts';
import { encoderNames, hubName } from './encoder-names.ts';

export interface LoadedWeights {
  /** Elements of each parameter, by our name. */
  readonly values: ReadonlyMap<string, Float32Array>;
  /** Parameters of heads that the file does not have, by our name; they start fresh. */
  readonly fresh: readonly string[];
  /** Tensors that taggers have no use for, such as the pooler, by their name in the file. */
  readonly ignored: readonly string[];
  /** Tensors that nobody knows: worth a warning, because the model they belong to computes something else. */
  readonly unexpected: readonly string[];
}

export interface WeightsSource {
  readonly architecture: Architecture;
  /** What to call the file in errors. */
  readonly source: string;
}

/**
 * Takes parameters out of a Hugging Face file. Names may have the architecture's prefix or not, LayerNorm's may be the
 * old gamma and beta; half-precision numbers are widened. Parameters of the encoder must all be there; others, of heads,
 * are looked for under their own name.
 *
 * @throws {E_WEIGHTS_MISMATCH} a tensor of the encoder is missing, or one has another shape or no floats: all are listed
 */
export function readWeights(
  specs: readonly ParameterSpec[],
  file: SafetensorsFile,
  { architecture, source }: WeightsSource,
): LoadedWeights {
  const { prefix, ignored } = encoderNames[architecture];
  const theirs = new Map<string, { readonly name: string; readonly tensor: SafetensorsTensor }>();
  const wrong: string[] = [];
  for (const [name, tensor] of file.tensors) {
    const plain = plainName(name, prefix);
    if (theirs.has(plain)) wrong.push(`'${plain}' is there twice`);
    theirs.set(plain, { name, tensor });
  }
  const values = new Map<string, Float32Array>();
  const fresh: string[] = [];
  for (const spec of specs) {
    const known = hubName(architecture, spec.name);
    const name = known ?? spec.name;
    const found = theirs.get(name);
    theirs.delete(name);
    if (found !== undefined) {
      const data = floatsOf(found.tensor);
      const fault = faultOf(spec, found.tensor);
      if (data === undefined || fault !== undefined) wrong.push(`'${found.name}' ${fault ?? 'is no float'}`);
      else values.set(spec.name, data);
    } else if (known === undefined) fresh.push(spec.name);
    else wrong.push(`'${known}' is missing`);
  }
  const rest = [...theirs];
  const isIgnored = (name: string): boolean => ignored.some((pattern) => pattern.test(name));
  const unexpected = rest.filter(([plain]) => !isIgnored(plain)).map(([, { name }]) => name);
  if (wrong.length > 0) throw mismatch(source, architecture, [wrong, unexpected]);
  return { values, fresh, ignored: rest.filter(([plain]) => isIgnored(plain)).map(([, { name }]) => name), unexpected };
}

/** A name without the prefix, and with the present names of LayerNorm's parameters. */
function plainName(name: string, prefix: string): string {
  const plain = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  return plain.replace(/LayerNorm\.gamma$/, 'LayerNorm.weight').replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
}

function floatsOf(tensor: SafetensorsTensor): Float32Array | undefined {
  switch (tensor.dtype) {
    case 'F32':
      return tensor.data;
    case 'F16':
      return float16ToFloat32(tensor.data);
    case 'BF16':
      return bfloat16ToFloat32(tensor.data);
    case 'I64':
    case 'I32':
    case 'U8':
      return undefined;
  }
}

function faultOf({ shape }: ParameterSpec, tensor: SafetensorsTensor): string | undefined {
  if (tensor.shape.length === shape.length && shape.every((length, i) => tensor.shape[i] === length)) return undefined;
  return `has the shape [${tensor.shape.join(', ')}], expected [${shape.join(', ')}]`;
}

/** How many names a message lists. */
const LISTED = 20;

function mismatch(source: string, architecture: Architecture, lists: readonly (readonly string[])[]): NerError {
  const list = (names: readonly string[]): string =>
    names.slice(0, LISTED).join(', ') + (names.length > LISTED ? ` and ${names.length - LISTED} more` : '');
  const [wrong, unexpected] = lists.map(list);
  const others = unexpected === '' ? '' : ` Not known: ${unexpected!}.`;
  return new NerError(
    'E_WEIGHTS_MISMATCH',
    `${source}: the tensors are not those of the ${architecture} that config.json describes: ${wrong!}.${others} ` +
      'Take config.json and weights from the same model.',
  );
}

/**
 * Parameters as the tensors of a Hugging Face token classifier: what `AutoModelForTokenClassification` loads, and
 * `AutoModel` too. Heads keep their own names.
 */
export function weightTensors(
  specs: readonly ParameterSpec[],
  values: ReadonlyMap<string, Float32Array>,
  architecture: Architecture,
): Readonly<Record<string, SafetensorsTensor>> {
  const { prefix } = encoderNames[architecture];
  const entries = specs.map(({ name, shape }): [string, SafetensorsTensor] => {
    const known = hubName(architecture, name);
    const tensor = { dtype: 'F32', shape, data: values.get(name)! } as const;
    return [known === undefined ? name : `${prefix}${known}`, tensor];
  });
  return Object.fromEntries(entries);
}
