import { create, toBinary } from '@bufbuild/protobuf';
import * as onnx from 'onnx-buf';

const FLOAT = 1;

/** A graph input or output of float32; strings are symbolic dimensions. */
export function floatValue(name: string, dims: readonly (string | number)[]): onnx.ValueInfoProto {
  return create(onnx.ValueInfoProtoSchema, {
    name,
    type: create(onnx.TypeProtoSchema, {
      value: {
        case: 'tensorType',
        value: {
          elemType: FLOAT,
          shape: {
            dim: dims.map((dim) => ({
              value:
                typeof dim === 'string'
                  ? { case: 'dimParam' as const, value: dim }
                  : { case: 'dimValue' as const, value: BigInt(dim) },
            })),
          },
        },
      },
    }),
  });
}

/** A float32 constant. */
export function floatTensor(name: string, dims: readonly number[], values: readonly number[]): onnx.TensorProto {
  return create(onnx.TensorProtoSchema, {
    name,
    dims: dims.map(BigInt),
    dataType: FLOAT,
    rawData: new Uint8Array(Float32Array.from(values).buffer),
  });
}

export function node(opType: string, input: readonly string[], output: readonly string[]): onnx.NodeProto {
  return create(onnx.NodeProtoSchema, {
    opType,
    name: `${opType}:${output[0] ?? ''}`,
    input: [...input],
    output: [...output],
  });
}

/** y [B, 2] = x [B, 3] . w [3, 2] + b [2], with w = [[1, 2], [3, 4], [5, 6]] and b = [10, 20]. */
export function affineModel(): onnx.ModelProto {
  return create(onnx.ModelProtoSchema, {
    irVersion: 10n,
    opsetImport: [{ domain: '', version: 20n }],
    graph: create(onnx.GraphProtoSchema, {
      name: 'affine',
      node: [node('MatMul', ['x', 'w'], ['xw']), node('Add', ['xw', 'b'], ['y'])],
      initializer: [floatTensor('w', [3, 2], [1, 2, 3, 4, 5, 6]), floatTensor('b', [2], [10, 20])],
      input: [floatValue('x', ['B', 3])],
      output: [floatValue('y', ['B', 2]), floatValue('xw', ['B', 2])],
    }),
  });
}

export function modelBytes(model: onnx.ModelProto): Uint8Array<ArrayBuffer> {
  return new Uint8Array(toBinary(onnx.ModelProtoSchema, model));
}
