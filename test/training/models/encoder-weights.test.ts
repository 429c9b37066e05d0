import { describe, expect, test } from 'vitest';
import {
  readSafetensors,
  writeSafetensors,
  type SafetensorsFile,
  type SafetensorsTensor,
} from '../../../shared/model/safetensors.ts';
import { encoderNames } from '../../../training/models/encoder-names.ts';
import { readWeights, weightTensors } from '../../../training/models/encoder-weights.ts';
import { expectFails } from '../../support/expect-fails.ts';
import { tinyEncoder, tinyEncoders } from '../../support/tiny-encoder.ts';

const tiny = tinyEncoder('bert');
const source = { architecture: 'bert', source: 'model.safetensors' } as const;

/** The BERT file with tensors changed, added (by a new name) or taken out (undefined). */
function changed(changes: Readonly<Record<string, SafetensorsTensor | undefined>>): SafetensorsFile {
  const tensors = Object.entries({ ...Object.fromEntries(tiny.file.tensors), ...changes });
  return {
    tensors: new Map(tensors.filter((entry): entry is [string, SafetensorsTensor] => entry[1] !== undefined)),
    metadata: {},
  };
}

function renamed(rename: (name: string) => string): SafetensorsFile {
  return { tensors: new Map([...tiny.file.tensors].map(([name, tensor]) => [rename(name), tensor])), metadata: {} };
}

const some: SafetensorsTensor = { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) };

describe.each(tinyEncoders)('the weights of %s', (name) => {
  const { encoder, specs, file, loaded } = tinyEncoder(name);
  const { architecture } = encoder.config;

  test('are all taken, and nothing is left', () => {
    expect(loaded.values.size).toBe(file.tensors.size);
    expect([loaded.fresh, loaded.ignored, loaded.unexpected]).toEqual([[], [], []]);
  });

  test('are written back as transformers wrote them: names, shapes, elements', () => {
    const back = readSafetensors(writeSafetensors(weightTensors(specs, loaded.values, architecture)));
    expect(new Map([...back.tensors].sort())).toEqual(new Map([...file.tensors].sort()));
  });

  test('are the same without the prefix', () => {
    const { prefix } = encoderNames[architecture];
    const bare = new Map([...file.tensors].map(([key, tensor]) => [key.replace(prefix, ''), tensor]));
    const again = readWeights(specs, { tensors: bare, metadata: {} }, { architecture, source: name });
    expect(again.values).toEqual(loaded.values);
  });
});

describe('readWeights', () => {
  test('knows the old names of LayerNorm', () => {
    const old = renamed((name) =>
      name.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta'),
    );
    expect([...old.tensors.keys()].filter((name) => name.endsWith('gamma'))).toHaveLength(5);
    expect(readWeights(tiny.specs, old, source).values).toEqual(tiny.loaded.values);
  });

  test('widens half-precision numbers', () => {
    const name = 'bert.embeddings.LayerNorm.bias';
    const halves = (dtype: 'F16' | 'BF16', one: number): SafetensorsFile =>
      changed({ [name]: { dtype, shape: [24], data: new Uint16Array(24).fill(one) } });
    for (const file of [halves('F16', 0x3c00), halves('BF16', 0x3f80)]) {
      expect([...readWeights(tiny.specs, file, source).values.get('embeddings.norm.bias')!]).toEqual(
        new Array<number>(24).fill(1),
      );
    }
  });

  test('leaves out poolers, heads of pre-training and counted positions, and says so', () => {
    const extra = {
      'bert.pooler.dense.weight': some,
      'cls.predictions.bias': some,
      'bert.embeddings.position_ids': { dtype: 'I64', shape: [1], data: BigInt64Array.of(0n) },
    } as const;
    const found = readWeights(tiny.specs, changed(extra), source);
    expect([found.ignored, found.unexpected]).toEqual([Object.keys(extra), []]);
  });

  test('lists tensors that nobody knows', () => {
    const found = readWeights(tiny.specs, changed({ 'bert.adapter.weight': some }), source);
    expect([found.ignored, found.unexpected]).toEqual([[], ['bert.adapter.weight']]);
  });

  test('lists parameters of a head that the file does not have', () => {
    const bare = changed({ 'classifier.weight': undefined, 'classifier.bias': undefined });
    const found = readWeights(tiny.specs, bare, source);
    expect(found.fresh).toEqual(['classifier.weight', 'classifier.bias']);
    expect(found.values.size).toBe(tiny.specs.length - 2);
  });

  test('takes an encoder out of the file of a tagger, whose classifier it leaves', () => {
    const found = readWeights(tiny.encoder.parameters, tiny.file, source);
    expect(found.ignored.toSorted()).toEqual(['classifier.bias', 'classifier.weight']);
  });

  test('fails for everything that does not fit, at once', () => {
    const file = changed({
      'bert.embeddings.word_embeddings.weight': undefined,
      'bert.encoder.layer.1.output.dense.weight': { dtype: 'F32', shape: [40, 24], data: new Float32Array(960) },
      'bert.encoder.layer.0.output.dense.bias': { dtype: 'I32', shape: [24], data: new Int32Array(24) },
      'bert.embeddings.wordEmbeddings.weight': some,
    });
    const read = (): unknown => readWeights(tiny.specs, file, source);
    expectFails(
      read,
      'E_WEIGHTS_MISMATCH',
      'model.safetensors: the tensors are not those of the bert that config.json',
    );
    expectFails(read, 'E_WEIGHTS_MISMATCH', "'embeddings.word_embeddings.weight' is missing");
    expectFails(read, 'E_WEIGHTS_MISMATCH', "layer.1.output.dense.weight' has the shape [40, 24], expected [24, 40]");
    expectFails(read, 'E_WEIGHTS_MISMATCH', "layer.0.output.dense.bias' is no float");
    expectFails(read, 'E_WEIGHTS_MISMATCH', 'Not known: bert.embeddings.wordEmbeddings.weight');
  });

  test('fails when a tensor is there twice, with and without the prefix', () => {
    const file = changed({ 'embeddings.LayerNorm.bias': tiny.file.tensors.get('bert.embeddings.LayerNorm.bias') });
    expectFails(
      () => readWeights(tiny.specs, file, source),
      'E_WEIGHTS_MISMATCH',
      "'embeddings.LayerNorm.bias' is there twice",
    );
  });

  test('fails with a list of the first only when all is wrong', () => {
    const none = { tensors: new Map(), metadata: {} };
    expectFails(() => readWeights(tiny.specs, none, source), 'E_WEIGHTS_MISMATCH', 'and 17 more');
  });
});
