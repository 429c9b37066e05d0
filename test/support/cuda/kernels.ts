import { readFileSync } from 'node:fs';

/** One kernel: the versions of its operator that it is for, and the element types that it takes. */
interface Kernel {
  readonly since: number;
  /** Null: up to the newest. */
  readonly last: number | null;
  readonly types: Readonly<Record<string, readonly string[]>>;
}

/** Names of type constraints, or types, of what an operator takes and gives. The last one repeats where it may. */
interface Operands {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

interface KernelTable {
  readonly source: string;
  readonly kernels: Readonly<Record<string, readonly Kernel[]>>;
  readonly operands: Readonly<Record<string, Operands>>;
}

/**
 * The kernels of onnxruntime's CUDA provider as its own registry lists them; test/golden/generate/cuda says how the
 * table is made on a machine without a GPU.
 */
export const cudaKernels = JSON.parse(
  readFileSync(new URL('../../golden/cuda-kernels.json', import.meta.url), 'utf8'),
) as KernelTable;

/** The operator as the table spells it: `Add`, `com.microsoft.FusedMatMul`. */
export function qualifiedOp(op: string, domain: string): string {
  return domain === '' || domain === 'ai.onnx' ? op : `${domain}.${op}`;
}

/** Element types of what a node takes and gives; undefined for operands left out. */
export interface NodeTypes {
  readonly inputs: readonly (string | undefined)[];
  readonly outputs: readonly (string | undefined)[];
}

/** True if there is a kernel for the operator of this version and these types. Versions are those of the operator. */
export function hasCudaKernel(op: string, version: number, types: NodeTypes): boolean {
  const operands = cudaKernels.operands[op];
  if (operands === undefined) return false;
  const given = [...pairs(operands.inputs, types.inputs), ...pairs(operands.outputs, types.outputs)];
  return (cudaKernels.kernels[op] ?? []).some(
    ({ since, last, types: allowed }) =>
      since <= version &&
      (last === null || version <= last) &&
      given.every(([constraint, type]) => allowed[constraint]?.includes(type) ?? true),
  );
}

/** Each operand that is there, with its constraint. */
function pairs(names: readonly string[], types: readonly (string | undefined)[]): [constraint: string, type: string][] {
  return types.flatMap((type, i): [string, string][] =>
    type === undefined ? [] : [[names[Math.min(i, names.length - 1)]!, type]],
  );
}
