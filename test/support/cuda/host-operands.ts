/** Places of inputs and outputs that a CUDA kernel reads or writes in host memory. */
export interface HostOperands {
  readonly inputs?: readonly number[];
  readonly outputs?: readonly number[];
}

const SHAPE_INPUT: HostOperands = { inputs: [1] };

/**
 * What CUDA kernels keep in host memory: lengths, axes and the like. From the `InputMemoryType` and `OutputMemoryType` of
 * their definitions (onnxruntime 1.30, core/providers/cuda), which its registry does not list; where a row were wrong,
 * test/support/cuda/placement.test.ts would find other copies than onnxruntime makes.
 */
export const hostOperands: Readonly<Record<string, HostOperands>> = {
  ConstantOfShape: { inputs: [0] },
  CumSum: SHAPE_INPUT,
  Dropout: { inputs: [1, 2] },
  Expand: SHAPE_INPUT,
  If: { inputs: [0] },
  Loop: { inputs: [0, 1] },
  OneHot: { inputs: [1, 2] },
  Pad: { inputs: [1, 2, 3] },
  Range: { inputs: [0, 1, 2] },
  ReduceLogSumExp: SHAPE_INPUT,
  ReduceMax: SHAPE_INPUT,
  ReduceMean: SHAPE_INPUT,
  ReduceSum: SHAPE_INPUT,
  Reshape: SHAPE_INPUT,
  Shape: { outputs: [0] },
  Size: { outputs: [0] },
  Slice: { inputs: [1, 2, 3, 4] },
  Split: SHAPE_INPUT,
  Squeeze: SHAPE_INPUT,
  Tile: SHAPE_INPUT,
  TopK: SHAPE_INPUT,
  Unsqueeze: SHAPE_INPUT,
};
