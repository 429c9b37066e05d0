import type { MessageInitShape } from '@bufbuild/protobuf';
import { create, fromBinary } from '@bufbuild/protobuf';
import * as onnx from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { checkModel } from '../../../shared/ort/check-model.ts';
import { createRng } from '../../../shared/random.ts';
import { mutateBytes } from '../../support/mutate-bytes.ts';
import { affineModel, floatTensor, floatValue, modelBytes } from '../../support/tiny-graph.ts';

function external(): onnx.TensorProto {
  return create(onnx.TensorProtoSchema, {
    name: 'stolen',
    dims: [1n],
    dataType: 1,
    dataLocation: onnx.TensorProto_DataLocation.EXTERNAL,
    externalData: [{ key: 'location', value: '../../etc/passwd' }],
  });
}

function attribute(value: MessageInitShape<typeof onnx.AttributeProtoSchema>): onnx.AttributeProto {
  return create(onnx.AttributeProtoSchema, value);
}

/** The affine model with one thing changed. */
function changed(change: (model: onnx.ModelProto, graph: onnx.GraphProto) => void): Uint8Array {
  const model = affineModel();
  change(model, model.graph!);
  return modelBytes(model);
}

function nested(depth: number): onnx.GraphProto {
  const inner = depth === 0 ? [] : [attribute({ g: nested(depth - 1) })];
  return create(onnx.GraphProtoSchema, {
    name: 'inner',
    node: [create(onnx.NodeProtoSchema, { opType: 'If', attribute: inner })],
  });
}

describe('checkModel', () => {
  test('lets through a graph that only computes', () => {
    expect(() => {
      checkModel(modelBytes(affineModel()));
    }).not.toThrow();
    const fused = changed((model, graph) => {
      model.opsetImport.push(create(onnx.OperatorSetIdProtoSchema, { domain: 'com.microsoft', version: 1n }));
      graph.node.push(create(onnx.NodeProtoSchema, { opType: 'BiasGelu', domain: 'com.microsoft' }));
      graph.node[0]!.attribute.push(attribute({ g: nested(2) }));
    });
    expect(() => {
      checkModel(fused);
    }).not.toThrow();
  });

  const outside = "its data lie outside of the file, got location '../../etc/passwd'";
  test.each<[string, (model: onnx.ModelProto, graph: onnx.GraphProto) => void, string]>([
    ['an initializer', (_, graph) => graph.initializer.push(external()), "model.graph.initializer[2] 'stolen'"],
    [
      'the values of a sparse initializer',
      (_, graph) => graph.sparseInitializer.push(create(onnx.SparseTensorProtoSchema, { values: external() })),
      'model.graph.sparse_initializer[0].values',
    ],
    [
      'the indices of a sparse initializer',
      (_, graph) => graph.sparseInitializer.push(create(onnx.SparseTensorProtoSchema, { indices: external() })),
      'model.graph.sparse_initializer[0].indices',
    ],
    [
      'an attribute',
      (_, graph) => graph.node[1]!.attribute.push(attribute({ t: external() })),
      'model.graph.node[1].attribute[0].t',
    ],
    [
      'a list of an attribute',
      (_, graph) => graph.node[0]!.attribute.push(attribute({ tensors: [floatTensor('ok', [1], [1]), external()] })),
      'model.graph.node[0].attribute[0].tensors[1]',
    ],
    [
      'a sparse attribute',
      (_, graph) =>
        graph.node[0]!.attribute.push(
          attribute({ sparseTensor: create(onnx.SparseTensorProtoSchema, { values: external() }) }),
        ),
      'model.graph.node[0].attribute[0].sparse_tensor.values',
    ],
    [
      'a graph within the graph',
      (_, graph) => {
        const inner = create(onnx.GraphProtoSchema, { name: 'inner', initializer: [external()] });
        graph.node[0]!.attribute.push(attribute({ g: inner }));
      },
      'model.graph.node[0].attribute[0].g.initializer[0]',
    ],
    [
      'a function',
      (model) => {
        const body = create(onnx.NodeProtoSchema, {
          opType: 'Constant',
          attribute: [attribute({ t: external() })],
        });
        model.functions.push(create(onnx.FunctionProtoSchema, { name: 'f', node: [body] }));
      },
      'model.functions[0].node[0].attribute[0].t',
    ],
    [
      'a training graph',
      (model) => {
        const algorithm = create(onnx.GraphProtoSchema, { name: 'step', initializer: [external()] });
        model.trainingInfo.push(create(onnx.TrainingInfoProtoSchema, { algorithm }));
      },
      'model.training_info[0].algorithm.initializer[0]',
    ],
  ])('fails when %s has its data outside of the file', (_, change, where) => {
    expect(() => {
      checkModel(changed(change));
    }).toThrow(expect.objectContaining({ code: 'E_GRAPH_UNSAFE', message: expect.stringContaining(where) as string }));
    expect(() => {
      checkModel(changed(change));
    }).toThrow(outside);
  });

  test.each<[string, (model: onnx.ModelProto, graph: onnx.GraphProto) => void, string]>([
    [
      'only the location says that the data are elsewhere',
      (_, graph) => (graph.initializer[0]!.dataLocation = onnx.TensorProto_DataLocation.EXTERNAL),
      "got location ''",
    ],
    [
      'a domain is unknown',
      (model) => model.opsetImport.push(create(onnx.OperatorSetIdProtoSchema, { domain: 'evil.ops', version: 1n })),
      "unknown domain 'evil.ops'",
    ],
    [
      'the operator set is newer than we know',
      (model) => (model.opsetImport[0]!.version = 99n),
      "unknown version of '', got 99; expected 13 to 24",
    ],
    [
      'an operator is of an unknown domain',
      (_, graph) => graph.node.push(create(onnx.NodeProtoSchema, { opType: 'Run', domain: 'evil.ops' })),
      "operator Run is of the unknown domain 'evil.ops'",
    ],
    [
      'an operator of an inner graph is of an unknown domain',
      (_, graph) => {
        const inner = nested(0);
        inner.node[0]!.domain = 'toString';
        graph.node[0]!.attribute.push(attribute({ g: inner }));
      },
      "model.graph.node[0].attribute[0].g.node[0]: operator If is of the unknown domain 'toString'",
    ],
    [
      'an operator opens files by name',
      (_, graph) => graph.node.push(create(onnx.NodeProtoSchema, { opType: 'EPContext', domain: 'com.microsoft' })),
      'operator EPContext of com.microsoft is not one of ours',
    ],
    [
      'it defines operators of its own',
      (model) => model.functions.push(create(onnx.FunctionProtoSchema, { name: 'mine' })),
      'it defines operators of its own, got mine',
    ],
    [
      'it holds training graphs',
      (model) => model.trainingInfo.push(create(onnx.TrainingInfoProtoSchema, {})),
      'it holds training graphs',
    ],
    [
      'a constant is absurdly large',
      (_, graph) => (graph.initializer[0]!.dims = [2n ** 40n, 2n ** 40n]),
      'its shape is absurd, got [1099511627776, 1099511627776]',
    ],
    [
      'a zero hides an absurd dimension',
      (_, graph) => (graph.initializer[0]!.dims = [2n ** 62n, 0n]),
      'its shape is absurd, got [4611686018427387904, 0]',
    ],
    [
      'a dimension is negative',
      (_, graph) => (graph.initializer[0]!.dims = [-3n, -2n]),
      'a dimension is negative, got [-3, -2]',
    ],
    [
      'a declared input is absurdly large',
      (_, graph) => graph.input.push(floatValue('huge', ['B', 1_000_000, 1_000_000])),
      'its shape is absurd, got [1000000, 1000000]',
    ],
    [
      'a sparse constant would be spread out to an absurd shape',
      (_, graph) => graph.sparseInitializer.push(create(onnx.SparseTensorProtoSchema, { dims: [2n ** 40n] })),
      'model.graph.sparse_initializer[0]: it is a sparse tensor, which no model of ours has',
    ],
    [
      'data do not fill their shape',
      (_, graph) => (graph.initializer[0]!.dims = [4n, 2n]),
      'its data do not fill its shape, got 24 bytes; expected 32',
    ],
    [
      'data are of an unknown type',
      (_, graph) => (graph.initializer[0]!.dataType = 77),
      'unknown element type, got 77',
    ],
    [
      'graphs nest too deep',
      (_, graph) => graph.node[0]!.attribute.push(attribute({ g: nested(8) })),
      'graphs nest deeper than 8',
    ],
  ])('fails when %s', (_, change, message) => {
    expect(() => {
      checkModel(changed(change));
    }).toThrow(
      expect.objectContaining({ code: 'E_GRAPH_UNSAFE', message: expect.stringContaining(message) as string }),
    );
  });

  test.each<[string, Uint8Array, string]>([
    ['it is no protobuf', Uint8Array.of(0xff, 0xff, 0xff), 'it is not an ONNX file'],
    ['it is truncated', modelBytes(affineModel()).subarray(0, 60), 'it is not an ONNX file'],
    ['it is empty', new Uint8Array(0), 'it holds no graph'],
    [
      "it is in onnxruntime's own format",
      // Field 1 (ir_version) twice, so that the four bytes lie where a flatbuffer has its identifier.
      Uint8Array.from([0x08, 0x0a, 0x12, 0x06, ...Buffer.from('ORTM'), 0, 0]),
      "it is in onnxruntime's own format",
    ],
    [
      'it has a field that ONNX does not have',
      Uint8Array.from([...modelBytes(affineModel()), 0xfa, 0x07, 0x01, 0x41]),
      'unknown field 127 of onnx.ModelProto',
    ],
  ])('fails when %s', (_, bytes, message) => {
    expect(() => {
      checkModel(bytes);
    }).toThrow(message);
  });

  test('fails when it exceeds limits that the caller sets', () => {
    const bytes = modelBytes(affineModel());
    expect(() => {
      checkModel(bytes, { maxBytes: 10 });
    }).toThrow(`got ${bytes.length} bytes; expected at most 10`);
    expect(() => {
      checkModel(bytes, { maxNodes: 1 });
    }).toThrow('there are more than 1 nodes');
    expect(() => {
      checkModel(bytes, { maxElements: 5 });
    }).toThrow('expected at most 5 elements');
  });

  test('reads the bytes of a large constant without copying them', () => {
    const values = new Float32Array(2 ** 22);
    const large = changed((_, graph) => {
      graph.initializer.push(
        create(onnx.TensorProtoSchema, {
          name: 'big',
          dims: [2n ** 22n],
          dataType: 1,
          rawData: new Uint8Array(values.buffer),
        }),
      );
    });
    const before = process.memoryUsage().arrayBuffers;
    checkModel(large);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(values.byteLength);
  });

  test('refuses whatever bytes it does not let through by its own code, and lets no outside data through', () => {
    const planted: ((model: onnx.ModelProto) => unknown)[] = [
      () => undefined,
      ({ graph }) => graph!.initializer.push(external()),
      ({ graph }) => graph!.node[1]!.attribute.push(attribute({ name: 'value', t: external() })),
      ({ graph }) => graph!.node[0]!.attribute.push(attribute({ g: nested(3) })),
      ({ graph }) => graph!.sparseInitializer.push(create(onnx.SparseTensorProtoSchema, { values: external() })),
    ];
    const outcomes = { passed: 0, refused: 0 };
    for (let seed = 0; seed < 4_000; seed++) {
      const rng = createRng(seed, 'graphs');
      const model = affineModel();
      planted[rng.int(planted.length)]!(model);
      const bytes = mutateBytes(modelBytes(model), rng);
      try {
        checkModel(bytes);
      } catch (error) {
        outcomes.refused++;
        expect(error, `seed ${seed}`).toMatchObject({ code: 'E_GRAPH_UNSAFE' });
        continue;
      }
      outcomes.passed++;
      expect(placesOf(fromBinary(onnx.ModelProtoSchema, bytes)), `seed ${seed}`).toEqual([]);
    }
    expect(Math.min(outcomes.passed, outcomes.refused)).toBeGreaterThan(100);
  });
});

/** Every object below a value that says that its data lie elsewhere: another walk than that of `checkModel`. */
function placesOf(value: unknown, path = 'model'): string[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  const { externalData, dataLocation } = value as Partial<onnx.TensorProto>;
  const isOutside = (externalData?.length ?? 0) > 0 || dataLocation === onnx.TensorProto_DataLocation.EXTERNAL;
  const below = Object.entries(value).flatMap(([key, item]) => placesOf(item, `${path}.${key}`));
  return isOutside ? [path, ...below] : below;
}
