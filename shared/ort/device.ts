import '../env.ts';
import { create, toBinary } from '@bufbuild/protobuf';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as onnx from 'onnx-buf';
import { InferenceSession } from 'onnxruntime-node';
import { NerError } from '../ner-error.ts';

/** What a graph runs on. */
export const DEVICES = ['cpu', 'cuda'] as const;

export type Device = (typeof DEVICES)[number];

/** onnxruntime-node brings its CUDA provider only here, and not with the package itself. */
const CUDA_PLATFORM = 'linux/x64';
const CUDA_LIBRARY = 'libonnxruntime_providers_cuda.so';

/** How the libraries of the CUDA provider are put beside the others. */
export const CUDA_INSTALL_COMMAND =
  'ONNXRUNTIME_NODE_INSTALL=true node node_modules/onnxruntime-node/script/install.js';

/**
 * Why this machine runs nothing on CUDA and what to do about it; undefined when it does. Asked once a process: a graph of
 * one node is loaded on the device, so that a library that is missing anywhere below is noticed here.
 */
export async function whyNoCuda(): Promise<string | undefined> {
  return (reason ??= findReason());
}

let reason: Promise<string | undefined> | undefined;

/**
 * Refuses a device that this machine does not have: nothing runs on the CPU that was meant for a GPU.
 *
 * @throws {E_DEVICE_UNAVAILABLE} with the reason and what to do
 */
export async function requireDevice(device: Device): Promise<void> {
  if (device === 'cpu') return;
  const why = await whyNoCuda();
  if (why !== undefined) throw new NerError('E_DEVICE_UNAVAILABLE', `device cuda: ${why} Or use --device cpu.`);
}

async function findReason(): Promise<string | undefined> {
  const platform = `${process.platform}/${process.arch}`;
  if (platform !== CUDA_PLATFORM) {
    return `onnxruntime for Node has CUDA libraries for ${CUDA_PLATFORM} only, got ${platform}.`;
  }
  const library = join(libraryFolder(), CUDA_LIBRARY);
  if (!existsSync(library)) {
    return `the CUDA libraries of onnxruntime are not installed, got no ${library}. Run ${CUDA_INSTALL_COMMAND}.`;
  }
  try {
    // CUDA first; what it refuses is an error, since no other is named.
    const options = { executionProviders: ['cuda'], logSeverityLevel: 4 } as const;
    await (await InferenceSession.create(oneNode(), options)).release();
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return (
      `onnxruntime cannot use it: ${message.trim()}. It needs an NVIDIA GPU with its driver (nvidia-smi lists it), and ` +
      'libcudart, libcublas and libcublasLt of CUDA 12, libcurand 10 and, for some operators, cuDNN 9 where the loader ' +
      `finds them (ldd ${library}).`
    );
  }
}

/** Where the binding of onnxruntime-node looks for its libraries. */
function libraryFolder(): string {
  const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  return join(root, 'bin', 'napi-v6', process.platform, process.arch);
}

/** y = -x. */
function oneNode(): Uint8Array {
  const type = create(onnx.TypeProtoSchema, {
    value: { case: 'tensorType', value: { elemType: onnx.TensorProto_DataType.FLOAT, shape: { dim: [] } } },
  });
  return toBinary(
    onnx.ModelProtoSchema,
    create(onnx.ModelProtoSchema, {
      irVersion: 9n,
      opsetImport: [{ domain: '', version: 20n }],
      graph: {
        name: 'probe',
        node: [{ opType: 'Neg', name: 'y', input: ['x'], output: ['y'] }],
        input: [{ name: 'x', type }],
        output: [{ name: 'y', type }],
      },
    }),
  );
}
