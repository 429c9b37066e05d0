import type { Graph } from '../ir.ts';
import { commonSubexpressions } from './common-subexpressions.ts';
import { foldConstants } from './constant-folding.ts';
import { copyTransposes } from './copied-transposes.ts';
import { dropDeadCode } from './dead-code.ts';

export { commonSubexpressions, copyTransposes, dropDeadCode, foldConstants };

/** Every pass, in order. */
export const passes = { foldConstants, commonSubexpressions, dropDeadCode } as const;

/** All passes, twice: what folds may make expressions equal, and the other way round. The result computes the same. */
export function optimize(graph: Graph): Graph {
  const once = (one: Graph): Graph => dropDeadCode(commonSubexpressions(foldConstants(one)));
  return once(once(graph));
}
