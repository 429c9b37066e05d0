import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeSafetensors, type SafetensorsTensor } from '../../../shared/model/safetensors.ts';
import { readWeightFiles, shardsOf } from '../../../training/models/weight-files.ts';
import { expectFails } from '../../support/expect-fails.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const tensor = (...data: number[]): SafetensorsTensor => ({
  dtype: 'F32',
  shape: [data.length],
  data: Float32Array.from(data),
});
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** A folder with weights in two files and the index that is given. */
function sharded(weightMap: Record<string, string>): string {
  const folder = tempFolder();
  writeFileSync(join(folder, 'model-1.safetensors'), writeSafetensors({ a: tensor(1), b: tensor(2, 3) }));
  writeFileSync(join(folder, 'model-2.safetensors'), writeSafetensors({ c: tensor(4) }, { format: 'pt' }));
  writeFileSync(join(folder, 'model.safetensors.index.json'), bytesOf({ metadata: {}, weight_map: weightMap }));
  return folder;
}

const map = { a: 'model-1.safetensors', b: 'model-1.safetensors', c: 'model-2.safetensors' };

describe('readWeightFiles', () => {
  test('puts several files together', () => {
    const { tensors, metadata } = readWeightFiles(sharded(map));
    expect([...tensors].map(([name, { data }]) => [name, ...data])).toEqual([
      ['a', 1],
      ['b', 2, 3],
      ['c', 4],
    ]);
    expect(metadata).toEqual({ format: 'pt' });
  });

  test('takes the one file where there is one, whatever else there is', () => {
    const folder = sharded({ a: 'gone.safetensors' });
    writeFileSync(join(folder, 'model.safetensors'), writeSafetensors({ all: tensor(5) }));
    expect([...readWeightFiles(folder).tensors.keys()]).toEqual(['all']);
  });

  test('fails without weights, naming those of other programs and how to convert them', () => {
    const folder = tempFolder();
    expectFails(() => readWeightFiles(folder), 'E_WEIGHTS_MISSING', 'got none; expected model.safetensors');
    writeFileSync(join(folder, 'pytorch_model.bin'), '');
    expectFails(() => readWeightFiles(folder), 'E_WEIGHTS_MISSING', 'got pytorch_model.bin; expected');
    expectFails(() => readWeightFiles(folder), 'E_WEIGHTS_MISSING', 'save_pretrained');
  });

  test('fails when a file of several is not there', () => {
    const folder = sharded({ ...map, d: 'model-3.safetensors' });
    expectFails(() => readWeightFiles(folder), 'E_WEIGHTS_MISSING', 'got no model-3.safetensors');
  });

  test('fails when the index is not that of the files', () => {
    const lost = sharded({ ...map, d: 'model-2.safetensors' });
    expectFails(() => readWeightFiles(lost), 'E_WEIGHTS_MALFORMED', "'d' is not in model-2.safetensors");
    const twice = sharded(map);
    writeFileSync(join(twice, 'model-2.safetensors'), writeSafetensors({ a: tensor(1), c: tensor(4) }));
    expectFails(() => readWeightFiles(twice), 'E_WEIGHTS_MALFORMED', "'a' is in model-2.safetensors and in another");
  });
});

describe('shardsOf', () => {
  test.each<[string, Uint8Array, string]>([
    ['that is no JSON', new TextEncoder().encode('{'), 'the file is not JSON'],
    ['without a map', bytesOf({}), 'weight_map'],
    ['of a file elsewhere', bytesOf({ weight_map: { a: '../model.safetensors' } }), "got '../model.safetensors'"],
    ['of a file of another kind', bytesOf({ weight_map: { a: 'model.bin' } }), "got 'model.bin'"],
  ])('fails for an index %s', (_, bytes, message) => {
    expectFails(() => shardsOf(bytes, 'index.json'), 'E_WEIGHTS_MALFORMED', message);
  });
});
