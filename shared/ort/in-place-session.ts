import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import * as onnx from 'onnx-buf';
import type { Tensor as OrtTensor } from 'onnxruntime-node';
import { NerError } from '../ner-error.ts';
import { createNative, refusedRun, toNatives, type SessionOptions } from './session.ts';
import type { Tensor } from './tensor.ts';

/** A graph that writes its outputs where the caller says, over its inputs if need be, and copies nothing. */
export interface InPlaceSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the graph; each output is written into the array given for it. An output may lie over the memory of an input:
   * then the graph must have read the input, wherever it does, before the output's node runs. Feeds that the graph does
   * not know are ignored.
   *
   * @throws {E_SHAPE_MISMATCH} an input or output is missing, or its data do not fill its shape
   * @throws {E_DTYPE_MISMATCH} data are not of their dtype, or in shared memory
   * @throws {E_GRAPH_RUN} onnxruntime refuses the run
   */
  readonly run: (feeds: Readonly<Record<string, Tensor>>, outputs: Readonly<Record<string, Tensor>>) => Promise<void>;
  /** Frees the graph; not while it runs. */
  readonly release: () => Promise<void>;
}

/** The output that is no tensor. */
const HALT = 'halt';
/** What the binding says of it. */
const NO_TENSOR = 'Non tensor type is temporarily not supported.';

/**
 * Creates a session whose runs write into given arrays.
 *
 * onnxruntime computes into outputs that are allocated before the run, but the Node binding (1.30) then copies every
 * output into a new array that nobody wants: 150 to 460 ms for 120 MB of training state that takes 20 ms to update. It
 * converts outputs in their order and knows no sequences. So the graph gets an empty sequence as its first output: the
 * binding throws on it, after everything is computed in place and before anything is copied. That one error is the sign
 * of a good run; any other is raised. A binding that learns to hand sequences over returns, and what it returns is
 * ignored.
 *
 * @throws {E_GRAPH_INVALID} onnxruntime cannot load the graph
 */
export async function createInPlaceSession(model: Uint8Array, options: SessionOptions = {}): Promise<InPlaceSession> {
  const native = await createNative(withHalt(model), options);
  const outputNames = native.outputNames.filter((name) => name !== HALT);
  return {
    inputNames: native.inputNames,
    outputNames,
    run: async (feeds, outputs) => {
      const fetches = toNatives('output', outputNames, outputs);
      for (const name of outputNames) {
        if (fetches[name]!.data === outputs[name]!.data) continue;
        throw new NerError(
          'E_DTYPE_MISMATCH',
          `run: output '${name}' lies in shared memory; expected memory of its own.`,
        );
      }
      await runToHalt(native, toNatives('input', native.inputNames, feeds), fetches);
    },
    release: () => native.release(),
  };
}

/** What of onnxruntime's session a run needs. */
interface Runs {
  readonly run: (feeds: Record<string, OrtTensor>, fetches: Record<string, OrtTensor | null>) => Promise<unknown>;
}

/** One run to its end, whether the binding refuses the sequence or hands it over; exported for the test of the latter. */
export async function runToHalt(
  native: Runs,
  feeds: Record<string, OrtTensor>,
  fetches: Record<string, OrtTensor>,
): Promise<void> {
  try {
    await native.run(feeds, { [HALT]: null, ...fetches });
  } catch (error) {
    if (!(error instanceof Error && error.message === NO_TENSOR)) throw refusedRun(feeds, error);
  }
}

/** The same model with an empty sequence as its first output. */
function withHalt(bytes: Uint8Array): Uint8Array {
  const model = readModel(bytes);
  const graph = model.graph!;
  graph.node.push(create(onnx.NodeProtoSchema, { opType: 'SequenceEmpty', name: HALT, output: [HALT] }));
  const floats = create(onnx.TypeProtoSchema, {
    value: { case: 'tensorType', value: { elemType: onnx.TensorProto_DataType.FLOAT } },
  });
  graph.output.unshift(
    create(onnx.ValueInfoProtoSchema, {
      name: HALT,
      type: { value: { case: 'sequenceType', value: { elemType: floats } } },
    }),
  );
  return toBinary(onnx.ModelProtoSchema, model);
}

function readModel(bytes: Uint8Array): onnx.ModelProto {
  let cause: unknown;
  try {
    const model = fromBinary(onnx.ModelProtoSchema, bytes);
    if (model.graph !== undefined) return model;
  } catch (error) {
    cause = error;
  }
  throw new NerError(
    'E_GRAPH_INVALID',
    `createInPlaceSession: a model of ${bytes.byteLength} bytes is no ONNX graph.`,
    {
      cause,
    },
  );
}
