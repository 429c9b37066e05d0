import { NerError } from '../../shared/ner-error.ts';
import type { Scope } from './builder.ts';

const open: Scope[] = [];

/** Runs `fn` with `scope` as the innermost graph under construction. */
export function within<T>(scope: Scope, fn: () => T): T {
  open.push(scope);
  try {
    return fn();
  } finally {
    open.pop();
  }
}

/**
 * The innermost graph under construction.
 * @throws E_GRAPH_INVALID nothing is being traced.
 */
export function innermost(caller: string): Scope {
  const scope = open.at(-1);
  if (scope === undefined) {
    throw new NerError(
      'E_GRAPH_INVALID',
      `${caller}: called outside of a trace; expected a call from the function given to trace`,
    );
  }
  return scope;
}

/** The outermost graph of the trace in progress: where constants live, so that a loop does not make them again. */
export function outermost(caller: string): Scope {
  let scope = innermost(caller);
  while (scope.parent !== undefined) scope = scope.parent;
  return scope;
}
