import type { Tensor } from '../engine/index.ts';
export interface DropoutSource {
  readonly step: Tensor;
  next(): number;
}
export function createDropoutSource(_seed: number, step: Tensor): DropoutSource {
  return { step, next: () => 0 };
}
export function keepMask(like: Tensor, _rate: number, _source: DropoutSource): Tensor {
  return like;
}
export function dropout(x: Tensor, _rate: number, _source: DropoutSource | undefined): Tensor {
  return x;
}
