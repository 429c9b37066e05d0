import { fromBinary } from '@bufbuild/protobuf';
import * as onnx from 'onnx-buf';
import { float16ToFloat32 } from '../../shared/model/half-float.ts';
import type { SafetensorsFile, SafetensorsTensor } from '../../shared/model/safetensors.ts';
import { HALF_SUFFIX } from './half-weights.ts';

const { FLOAT, FLOAT16 } = onnx.TensorProto_DataType;

/**
 * The parameters in a serving graph of fp32, as a weights file would hold them: by name, in float32. Those that
 * `halveWeights` has rounded are what the graph computes with, so nothing more is lost.
 */
export function graphWeights(model: Uint8Array): SafetensorsFile {
  const { initializer } = fromBinary(onnx.ModelProtoSchema, model).graph!;
  const tensors = new Map<string, SafetensorsTensor>();
  for (const { name, dims, dataType, rawData } of initializer) {
    const data = floatsOf(dataType, rawData);
    if (data === undefined) continue;
    const isHalved = dataType === (FLOAT16 as number) && name.endsWith(HALF_SUFFIX);
    const parameter = isHalved ? name.slice(0, -HALF_SUFFIX.length) : name;
    tensors.set(parameter, { dtype: 'F32', shape: dims.map(Number), data });
  }
  return { tensors, metadata: {} };
}

function floatsOf(dataType: number, rawData: Uint8Array): Float32Array | undefined {
  // A copy, because the bytes may begin anywhere.
  if (dataType === (FLOAT as number)) return new Float32Array(rawData.slice().buffer);
  if (dataType === (FLOAT16 as number)) return float16ToFloat32(new Uint16Array(rawData.slice().buffer));
  return undefined;
}
