import { scan, type Tensor, type Tensors } from '../engine/index.ts';

type TensorsOf<T> = { readonly [K in keyof T]: Tensor };

/**
 * Applies an elementwise update to matrices row by row, so that what it makes on the way stays in the cache: of a dozen
 * passes over main memory one read and one write are left.
 *
 * Shapes: each of `matrices` [R, C]; `update` takes rows [C] and gives rows [C], which are put together to [R, C].
 */
export function byRow<X extends TensorsOf<X>, Y extends TensorsOf<Y>>(matrices: X, update: (rows: X) => Y): Y {
  const { outputs } = scan({ states: {}, inputs: { ...matrices } }, (_, rows: Tensors) => ({
    states: {},
    outputs: { ...update(rows as X) },
  }));
  return outputs as Y;
}
