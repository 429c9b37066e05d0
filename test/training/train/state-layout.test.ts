import { describe, expect, test } from 'vitest';
import { float32, interpret, ndArray, trace } from '../../../training/engine/index.ts';
import { zeros } from '../../../training/nn/parameter.ts';
import type { ParameterGroup } from '../../../training/optim/parameter-groups.ts';
import {
  layoutState,
  pack,
  parameterCount,
  slabShape,
  unflatten,
  unpack,
} from '../../../training/train/state-layout.ts';

const spec = (name: string, ...shape: number[]): { name: string; shape: number[]; init: typeof zeros } => ({
  name,
  shape,
  init: zeros,
});
const specs = [spec('big', 4, 5), spec('a', 2), spec('still', 3), spec('b', 2, 2), spec('own', 1), spec('c')];
const groups = (name: string): ParameterGroup => ({
  learningRate: name === 'still' ? 0 : 1,
  weightDecay: name === 'own' ? 0.5 : 0,
});
const names = ({ slabs }: ReturnType<typeof layoutState>): unknown =>
  slabs.map(({ name, members, length }) => [name, members.map((member) => member.name), length]);

describe('layoutState', () => {
  test('leaves large parameters by themselves, packs small ones by group, and sets frozen ones apart', () => {
    const layout = layoutState(specs, groups, 10);
    expect(names(layout)).toEqual([
      ['big', ['big'], 20],
      ['packed.0', ['a', 'b', 'c'], 7],
      ['packed.1', ['own'], 1],
    ]);
    expect(layout.frozen.map(({ name }) => name)).toEqual(['still']);
    expect(layout.slabs.map(slabShape)).toEqual([[4, 5], [7], [1]]);
  });

  test('fails when every parameter is frozen', () => {
    const frozen = (): ParameterGroup => ({ learningRate: 0, weightDecay: 0 });
    expect(() => layoutState(specs, frozen)).toThrow(
      expect.objectContaining({
        code: 'E_USAGE',
        message: expect.stringContaining('every parameter is frozen') as string,
      }),
    );
  });

  test('makes one slab of each group when all may be packed', () => {
    expect(names(layoutState(specs, groups, Infinity))).toEqual([
      ['packed.0', ['big', 'a', 'b', 'c'], 27],
      ['packed.1', ['own'], 1],
    ]);
  });

  test('packs and unpacks parameters in their shapes', () => {
    const { slabs } = layoutState(specs, groups, 10);
    const graph = trace('slabs', { big: float32(4, 5), small: float32(7) }, ({ big, small }) => {
      const parts = { ...unpack(slabs[0]!, big), ...unpack(slabs[1]!, small) };
      return { ...parts, again: pack(slabs[1]!, parts), bigAgain: pack(slabs[0]!, parts) };
    });
    const big = Float64Array.from({ length: 20 }, (_, i) => i);
    const found = interpret(graph, {
      big: ndArray('float32', [4, 5], big),
      small: ndArray('float32', [7], [1, 2, 3, 4, 5, 6, 7]),
    });
    const shown = Object.entries(found).map(([name, { shape, data }]) => [name, shape, [...data]]);
    expect(shown).toEqual([
      ['big', [4, 5], [...big]],
      ['a', [2], [1, 2]],
      ['b', [2, 2], [3, 4, 5, 6]],
      ['c', [], [7]],
      ['again', [7], [1, 2, 3, 4, 5, 6, 7]],
      ['bigAgain', [4, 5], [...big]],
    ]);
  });
});

describe('unflatten', () => {
  test('cuts a flat vector in the order of the specs', () => {
    const few = [spec('a', 2), spec('b')];
    expect(parameterCount(few)).toBe(3);
    const graph = trace('cut', { flat: float32(3) }, ({ flat }) => ({ ...unflatten(few, flat) }));
    const { a, b } = interpret(graph, { flat: ndArray('float32', [3], [1, 2, 3]) });
    expect([[...a!.data], b!.shape, [...b!.data]]).toEqual([[1, 2], [], [3]]);
  });
});
