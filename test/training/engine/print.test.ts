import { expect, test } from 'vitest';
import * as E from '../../../training/engine/index.ts';
import { gradients } from '../../../training/engine/grad.ts';
import { optimize } from '../../../training/engine/passes/index.ts';
import { print } from '../../../training/engine/print.ts';
import { scan } from '../../../training/engine/scan.ts';
import { float32, int64, trace } from '../../../training/engine/trace.ts';

test('a graph prints its types, and small constants in place', () => {
  const graph = trace('affine', { x: float32('B', 3), w: float32(3, 2) }, ({ x, w }) => ({
    y: E.add(E.matMul(x, w), E.mul(E.reduceSum(x, { axes: [1], keepDims: true }), 0.5)),
  }));
  expect(print(graph)).toMatchInlineSnapshot(`
    "{ lambda x:float32[B,3] w:float32[3,2] .
      let a:float32[B,2] = MatMul x w
          b:float32[B,1] = ReduceSum x [1] { keepdims=1 }
          c:float32[B,1] = Mul b 0.5
          d:float32[B,2] = Add a c
      in ( y=d ) }"
  `);
});

test('a large constant prints its type and a fingerprint', () => {
  const graph = trace('table', { i: int64('B') }, ({ i }) => ({
    y: E.gather(E.constant(float32(10), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), i),
  }));
  expect(print(graph)).toMatchInlineSnapshot(`
    "{ lambda i:int64[B] .
      let a:float32[10] = constant #cce689a8
          b:float32[B] = Gather a i { axis=0 }
      in ( y=b ) }"
  `);
});

test('the gradient of a cross entropy reads as softmax minus one-hot', () => {
  const graph = trace('loss', { z: float32('B', 4), y: int64('B') }, ({ z, y }) => {
    const picked = E.gatherElements(E.logSoftmax(z, -1), E.unsqueeze(y, 1), 1);
    const loss = E.neg(E.reduceSum(picked));
    return { loss, d_z: gradients(loss, { z }).z };
  });
  expect(print(optimize(graph))).toMatchInlineSnapshot(`
    "{ lambda z:float32[B,4] y:int64[B] .
      let a:float32[1,1] = constant #9b594018
          b:float32[B,4] = LogSoftmax z { axis=-1 }
          c:int64[B,1] = Unsqueeze y [1]
          d:float32[B,1] = GatherElements b c { axis=1 }
          e:float32[] = ReduceSum d [0,1] { keepdims=0 }
          f:float32[] = Neg e
          g:int64[1] = Shape z { start=0 end=1 }
          h:int64[2] = Concat g [1] { axis=0 }
          i:float32[B,1] = Expand a h
          j:int64[2] = Concat g [4] { axis=0 }
          k:float32[B,4] = Expand 0.0 j
          l:float32[B,4] = ScatterElements k c i { axis=1 reduction=add }
          m:float32[B,4] = Exp b
          n:float32[B,1] = ReduceSum l [-1] { keepdims=1 }
          o:float32[B,4] = Mul m n
          p:float32[B,4] = Sub l o
      in ( loss=f d_z=p ) }"
  `);
});

test('the gradient of a scan is a scan the other way round', () => {
  const graph = trace('decay', { s: float32('B'), x: float32('T', 'B'), w: float32() }, ({ s, x, w }) => {
    const { states } = scan({ states: { s }, inputs: { x } }, (state, step) => ({
      states: { s: E.add(E.mul(state.s, w), step.x) },
    }));
    const loss = E.reduceSum(states.s);
    return { loss, d_w: gradients(loss, { w }).w };
  });
  expect(print(optimize(graph))).toMatchInlineSnapshot(`
    "{ lambda s:float32[B] x:float32[T,B] w:float32[] .
      let a:float32[B] b:float32[T,B] = Scan s x w { body={ lambda s:float32[B] x:float32[B] w:float32[] .
            let a:float32[B] = Mul s w
                b:float32[B] = Add a x
            in ( s=b residual1=s ) } states=1 inputDirections=[0] outputDirections=[0] }
          c:float32[] = ReduceSum a [0] { keepdims=0 }
          d:int64[1] = Shape s { start=0 end=1 }
          e:float32[B] = Expand [1.0] d
          f:float32[B] g:float32[] = Scan e 0.0 b w { body={ lambda a:float32[B] b:float32[] c:float32[B] w:float32[] .
            let d:float32[B] = Mul a w
                e:float32[B] = Mul a c
                f:float32[] = ReduceSum e [0] { keepdims=0 }
                g:float32[] = Add b f
            in ( d0=d d1=g ) } states=2 inputDirections=[1] outputDirections=[] }
      in ( loss=c d_w=g ) }"
  `);
});
