import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readSafetensorsFile, writeSafetensorsFile } from '../../../shared/model/safetensors-file.ts';
import {
  readSafetensors,
  safetensorsParts,
  writeSafetensors,
  type SafetensorsTensor,
} from '../../../shared/model/safetensors.ts';
import { expectFails } from '../../support/expect-fails.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const goldenPath = (name: string): string =>
  fileURLToPath(new URL(`../../golden/safetensors/${name}.safetensors`, import.meta.url));

/** A file with these bytes. */
function fileOf(bytes: Uint8Array): string {
  const path = join(tempFolder(), 'model.safetensors');
  writeFileSync(path, bytes);
  return path;
}

test.each(['empty', 'names', 'one', 'scalar', 'types'])(
  'reads the %s file as readSafetensors reads its bytes',
  (name) => {
    expect(readSafetensorsFile(goldenPath(name))).toEqual(readSafetensors(readFileSync(goldenPath(name))));
  },
);

/** The bytes of a file whose header is this text. */
function withHeader(header: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(new TextEncoder().encode(header), 8);
  bytes.set(data, 8 + header.length);
  return bytes;
}

const entry = (dtype: string, shape: number[], offsets: [number, number]): string =>
  JSON.stringify({ a: { dtype, shape, data_offsets: offsets } });
const whole = withHeader(entry('F32', [2], [0, 8]), new Uint8Array(8));

test.each<[string, Uint8Array, string]>([
  ['nothing', new Uint8Array(), 'the file is too short, got 0 bytes'],
  ['half a length', whole.subarray(0, 5), 'the file is too short, got 5 bytes'],
  ['half a header', whole.subarray(0, 20), "the header's length is wrong"],
  ['half the data', whole.subarray(0, whole.length - 4), "'a' ends at"],
  ['more than the data', new Uint8Array([...whole, 0]), 'the tensors end at'],
  ['a header that lies about the bytes', withHeader(entry('F32', [3], [0, 8]), new Uint8Array(8)), 'expected 12'],
  ['data that do not begin', withHeader(entry('F32', [2], [4, 12]), new Uint8Array(12)), 'leaves a gap'],
  ['a type that we do not read', withHeader(entry('F64', [1], [0, 8]), new Uint8Array(8)), 'has the type F64'],
  ['a header that is no JSON', withHeader('{"a":', new Uint8Array()), 'the header is not JSON'],
  ['a length beyond all', new Uint8Array(8).fill(255), "the header's length is wrong, got 18446744073709551615"],
])('fails for %s, and names the file', (_, bytes, message) => {
  const path = fileOf(bytes);
  expectFails(() => readSafetensorsFile(path), 'E_WEIGHTS_MALFORMED', message);
  expectFails(() => readSafetensorsFile(path), 'E_WEIGHTS_MALFORMED', path);
});

test('fails when there is no such file, or it is a folder', () => {
  expectFails(() => readSafetensorsFile(join(tempFolder(), 'none')), 'E_FILE_UNREADABLE', 'ENOENT');
  expectFails(() => readSafetensorsFile(tempFolder()), 'E_FILE_UNREADABLE', 'cannot be read');
});

describe('writeSafetensorsFile', () => {
  const tensors: Record<string, SafetensorsTensor> = {
    wide: { dtype: 'F32', shape: [3, 7], data: Float32Array.from({ length: 21 }, (_, i) => i / 3) },
    empty: { dtype: 'F32', shape: [0], data: new Float32Array() },
    // A view in the middle of another array: its own bytes are written, not those around it.
    view: { dtype: 'I32', shape: [2], data: Int32Array.of(1, 2, 3, 4).subarray(1, 3) },
  };
  const metadata = { run: 'a' };

  test.each([undefined, 1, 5, 84, 1000])('writes the bytes of writeSafetensors, %s at a time', (chunkBytes) => {
    const path = join(tempFolder(), 'model.safetensors');
    const options = chunkBytes === undefined ? {} : { chunkBytes };
    writeSafetensorsFile(path, { tensors, metadata }, options);
    expect(readFileSync(path).equals(writeSafetensors(tensors, metadata))).toBe(true);
    expect(readSafetensorsFile(path, options)).toEqual(readSafetensors(readFileSync(path)));
  });

  test('takes the data from where they are: a model of gigabytes is not copied to be written', () => {
    const [, ...parts] = safetensorsParts(tensors, metadata);
    const buffers = Object.values(tensors).map(({ data }) => data.buffer);
    for (const { buffer } of parts) expect(buffers).toContain(buffer);
  });

  test('fails before there is a file when data do not fill their shape', () => {
    const path = join(tempFolder(), 'model.safetensors');
    const wrong: SafetensorsTensor = { dtype: 'F32', shape: [4], data: new Float32Array(3) };
    expectFails(() => {
      writeSafetensorsFile(path, { tensors: { wrong }, metadata });
    }, 'E_SHAPE_MISMATCH');
    expect(existsSync(path)).toBe(false);
  });
});
