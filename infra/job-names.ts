import type { StageConfig } from './stages.ts';

/** Names of a stage's training jobs begin with it; that is what rules and permissions go by. */
export function jobNamePrefix({ name }: StageConfig): string {
  return `tagwright-${name}-`;
}
