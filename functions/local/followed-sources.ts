import type { SourceStatus } from '../../shared/contracts/api.ts';
import { createSourceRunner, type SourceRunner, type SourceRunnerDeps } from '../sources/source-runner.ts';
import type { Source } from '../sources/source.ts';

/** The sources that a host follows. */
export interface FollowedSources {
  /** Until the source's end, the signal or the host's end. @throws {NerError} what the source failed with */
  readonly follow: (source: Source, signal: AbortSignal) => Promise<void>;
  readonly status: () => readonly SourceStatus[];
  /** Resolves when none hands over any more: after the host's signal, so that nothing comes to a queue that is closed. */
  ended(): Promise<void>;
}

/** Follows sources until `stop`, the host's signal. */
export function createFollowedSources(deps: SourceRunnerDeps, stop: AbortSignal): FollowedSources {
  const runners: SourceRunner[] = [];
  const running = new Set<Promise<void>>();
  return {
    follow: async (source, signal) => {
      const runner = createSourceRunner(source, deps);
      runners.push(runner);
      const run = runner.run(AbortSignal.any([signal, stop]));
      running.add(run);
      try {
        await run;
      } finally {
        running.delete(run);
      }
    },
    status: () => runners.map((runner) => runner.status()),
    ended: async () => {
      await Promise.allSettled(running);
    },
  };
}
