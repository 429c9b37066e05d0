import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSafetensors, writeSafetensors } from '../../../shared/model/safetensors.ts';
import type { SafetensorsTensor } from '../../../shared/model/safetensors.ts';

interface GoldenCase {
  readonly metadata: Record<string, string>;
  readonly tensors: Record<string, { dtype: SafetensorsTensor['dtype']; shape: number[]; data: string[] }>;
}

const folder = new URL('../../golden/safetensors/', import.meta.url);
const golden = JSON.parse(readFileSync(new URL('cases.json', folder), 'utf8')) as { cases: Record<string, GoldenCase> };
const cases = Object.entries(golden.cases);

const fromText: { [D in SafetensorsTensor['dtype']]: (data: string[]) => SafetensorsTensor['data'] } = {
  F32: (data) => Float32Array.from(data, Number),
  F16: (data) => Uint16Array.from(data, Number),
  BF16: (data) => Uint16Array.from(data, Number),
  I64: (data) => BigInt64Array.from(data, BigInt),
  I32: (data) => Int32Array.from(data, Number),
  U8: (data) => Uint8Array.from(data, Number),
};

function tensorsOf({ tensors }: GoldenCase): Record<string, SafetensorsTensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape, data }]) => [
      name,
      { dtype, shape, data: fromText[dtype](data) } as SafetensorsTensor,
    ]),
  );
}

function goldenBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`${name}.safetensors`, folder)));
}

/** A file with this header and so many bytes of data. */
function file(header: unknown, dataBytes = 0): Uint8Array {
  const json = Buffer.isBuffer(header)
    ? header
    : Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const f32 = (begin: number, end: number, shape = [1]): unknown => ({ dtype: 'F32', shape, data_offsets: [begin, end] });

describe('safetensors', () => {
  test.each(cases)('writes the file that the Python library writes: %s', (name, content) => {
    expect(Buffer.from(writeSafetensors(tensorsOf(content), content.metadata))).toEqual(Buffer.from(goldenBytes(name)));
  });

  test.each(cases)('reads the file that the Python library wrote: %s', (name, content) => {
    const { tensors, metadata } = readSafetensors(goldenBytes(name));
    expect(Object.fromEntries(tensors)).toEqual(tensorsOf(content));
    expect(metadata).toEqual(content.metadata);
  });

  test('reads at any offset, and its arrays outlive the bytes', () => {
    const bytes = goldenBytes('types');
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    const { tensors } = readSafetensors(shifted.subarray(1));
    shifted.fill(0);
    expect(tensors.get('longs')?.data).toEqual(BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n));
  });

  test('writes each metadata key, sorted', () => {
    const bytes = writeSafetensors({}, { b: '2', a: '1' });
    expect(Buffer.from(bytes.subarray(8)).toString().trimEnd()).toBe('{"__metadata__":{"a":"1","b":"2"}}');
  });

  test('never accepts a changed header without noticing that the data moved or changed type', () => {
    const bytes = goldenBytes('types');
    const whole = readSafetensors(bytes);
    fc.assert(
      fc.property(fc.nat(7), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = bytes.slice();
        changed[at]! ^= flip;
        expect(() => readSafetensors(changed)).toThrow(expect.objectContaining({ code: 'E_WEIGHTS_MALFORMED' }));
      }),
    );
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        expect(() => readSafetensors(bytes.subarray(0, length))).toThrow(
          expect.objectContaining({ code: 'E_WEIGHTS_MALFORMED' }),
        );
      }),
    );
    expect(whole.tensors.size).toBe(6);
  });

  test.each<[string, Uint8Array, string]>([
    ['the file is shorter than a header length', new Uint8Array(7), 'the file is too short, got 7 bytes'],
    [
      'the header claims more than the file has',
      file('{}').subarray(0, 9),
      "the header's length is wrong, got 2 bytes",
    ],
    ['the header claims 2^63 bytes', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x80), 'got 9223372036854775808 bytes'],
    ['the header is not JSON', file('{"a":'), 'the header is not JSON'],
    ['the header is not UTF-8', file(Buffer.from('{"\xff":1}', 'latin1')), 'the header is not JSON'],
    ['the header is a list', file([]), 'the header is not a JSON object'],
    ['an entry lacks its offsets', file({ w: { dtype: 'F32', shape: [1] } }), "the header's entry 'w' is wrong"],
    ['a dimension is negative', file({ w: f32(0, 4, [-1]) }, 4), "the header's entry 'w' is wrong"],
    ['metadata are not text', file({ __metadata__: { a: 1 } }), "the header's entry '__metadata__' is wrong"],
    ['two tensors overlap', file({ a: f32(0, 4), b: f32(2, 6) }, 6), "'b' overlaps the one before it, got data from 2"],
    ['there is a gap', file({ a: f32(0, 4), b: f32(8, 12) }, 12), "'b' leaves a gap before it, got data from 8"],
    ['offsets run backwards', file({ a: f32(0, -4) }, 4), "the header's entry 'a' is wrong"],
    ['a tensor has fewer bytes than its shape', file({ a: f32(0, 4, [2]) }, 4), 'has 4 bytes; expected 8 for F32 [2]'],
    ['a shape overflows', file({ a: f32(0, 4, [2 ** 40, 2 ** 40]) }, 4), "'a' has 4 bytes; expected"],
    ['a type is unknown', file({ a: { dtype: 'F8', shape: [1], data_offsets: [0, 1] } }, 1), 'has the type F8'],
    ['the data are truncated', file({ a: f32(0, 4) }, 3), "after the file's"],
    ['there are bytes after the last tensor', file({ a: f32(0, 4) }, 5), 'the tensors end at'],
  ])('fails to read when %s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes, 'model.safetensors')).toThrow(
      expect.objectContaining({
        code: 'E_WEIGHTS_MALFORMED',
        message: expect.stringMatching(/^model\.safetensors: /) as string,
      }),
    );
    expect(() => readSafetensors(bytes)).toThrow(message);
  });

  test('fails to write what it could not read back', () => {
    const data = Float32Array.of(1, 2);
    expect(() => writeSafetensors({ w: { dtype: 'F32', shape: [3], data } })).toThrow(
      'got 2 elements; expected 3 for [3]',
    );
    expect(() => writeSafetensors({ __metadata__: { dtype: 'F32', shape: [2], data } })).toThrow(
      'cannot have this name',
    );
    expect(() => writeSafetensors({ '\ud800': { dtype: 'F32', shape: [2], data } })).toThrow('cannot have this name');
  });
});

test('reads a Buffer, which is what files are read into, like any other bytes', () => {
  const data = Float32Array.of(1, 2, 3);
  const bytes = Buffer.from(
    writeSafetensors({ a: { dtype: 'U8', shape: [1], data: Uint8Array.of(7) }, b: { dtype: 'F32', shape: [3], data } }),
  );
  expect(readSafetensors(bytes).tensors.get('b')?.data).toEqual(data);
});
