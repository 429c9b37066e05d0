import { describe, expect, test } from 'vitest';
import { bfloat16ToFloat32, float16ToFloat32 } from '../../../shared/model/half-float.ts';

describe('float16ToFloat32', () => {
  test.each([
    // Bits and values: IEEE 754-2019, table 3.5; 0x3555 is the half nearest to 1/3.
    ['one', 0x3c00, 1],
    ['minus two', 0xc000, -2],
    ['a third', 0x3555, 0.333251953125],
    ['the greatest', 0x7bff, 65504],
    ['the least normal', 0x0400, 2 ** -14],
    ['the greatest subnormal', 0x03ff, 1023 * 2 ** -24],
    ['the least subnormal', 0x0001, 2 ** -24],
    ['zero', 0x0000, 0],
    ['minus zero', 0x8000, -0],
    ['infinity', 0x7c00, Infinity],
    ['minus infinity', 0xfc00, -Infinity],
    ['not a number', 0x7e00, NaN],
  ])('widens %s', (_name, bits, value) => {
    expect(float16ToFloat32(Uint16Array.of(bits))[0]).toBe(value);
  });

  test('widens neighbours to neighbours, over all finite numbers', () => {
    const all = float16ToFloat32(Uint16Array.from({ length: 0x7c00 }, (_, bits) => bits));
    const steps = all.subarray(1).map((value, i) => value - all[i]!);
    // A step doubles each time the exponent goes up, from 2^-24 to 2^5.
    expect([...new Set(steps)]).toEqual(Array.from({ length: 30 }, (_, i) => 2 ** (i - 24)));
  });
});

describe('bfloat16ToFloat32', () => {
  test('takes the bits as the upper half of a float32', () => {
    const numbers = Float32Array.of(1, -2.5, 3e38, 1e-40, 0, Infinity);
    const bits = Uint16Array.from(new Uint32Array(numbers.buffer), (wide) => wide >>> 16);
    const widened = bfloat16ToFloat32(bits);
    const truncated = new Uint32Array(numbers.buffer).map((wide) => wide & 0xffff0000);
    expect([...widened]).toEqual([...new Float32Array(truncated.buffer)]);
    expect(widened[1]).toBe(-2.5);
  });
});
