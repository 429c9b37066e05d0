import type { HostStatus, RetrainingStatus, TrainingStatus } from '../../shared/contracts/api.ts';
import type { FollowedSources } from './followed-sources.ts';
import type { Alarms } from './alarms.ts';
import type { Ingest } from '../ingest/ingest.ts';
import type { Pump, PumpSnapshot } from './pump.ts';

export interface HostStatusDeps {
  readonly pump: Pick<Pump, 'snapshot'>;
  readonly ingest: Pick<Ingest, 'rejected'>;
  readonly sources: Pick<FollowedSources, 'status'>;
  readonly alarms: Alarms;
  /** Left out by a host that does not retrain. */
  readonly retraining?: { readonly status: () => RetrainingStatus; readonly look: () => Promise<void> } | undefined;
  readonly modelId: () => string | undefined;
  readonly isStopping: () => boolean;
  /** Messages from which on tweets are refused. */
  readonly maxQueueMessages: number;
}

/** How the host is, for page, API and alarms. */
export interface HostStatusView {
  /** With the counts of the last look. */
  readonly now: () => HostStatus;
  /** Counts anew, and raises and ends the alarms that follow from the counts. */
  readonly look: () => Promise<void>;
  readonly showTraining: (training: TrainingStatus | undefined) => void;
}

export function createHostStatus(deps: HostStatusDeps): HostStatusView {
  const { pump, ingest, sources, alarms, maxQueueMessages } = deps;
  let training: TrainingStatus | undefined;
  let snapshot: PumpSnapshot | undefined;
  return {
    now: () => ({
      ready: deps.modelId() !== undefined && !deps.isStopping(),
      modelId: deps.modelId() ?? null,
      tweetsPerSecond: snapshot?.taggedPerSecond ?? 0,
      tagged: snapshot?.tagged ?? 0,
      failed: snapshot?.failed ?? 0,
      duplicates: snapshot?.duplicates ?? 0,
      rejected: ingest.rejected() + (snapshot?.quarantined ?? 0),
      queue: snapshot?.depth ?? { ready: 0, inFlight: 0, dead: 0 },
      alarms: [...alarms.active()],
      ...(training === undefined ? {} : { training }),
      ...(deps.retraining === undefined ? {} : { retraining: deps.retraining.status() }),
      ...(sources.status().length === 0 ? {} : { sources: [...sources.status()] }),
    }),
    look: async () => {
      snapshot = await pump.snapshot();
      const { ready, inFlight, dead } = snapshot.depth;
      alarms.set('dead_letters', dead > 0, `${dead} messages failed too often: tagwright redrive tries them again`);
      const failed = sources.status().find(({ state }) => state === 'failed');
      alarms.set('source_failed', failed !== undefined, `${failed?.name}: ${failed?.reason}`);
      alarms.set('queue_full', ready + inFlight >= maxQueueMessages, `${ready + inFlight} messages wait`);
      await deps.retraining?.look();
    },
    showTraining: (now) => {
      training = now;
    },
  };
}
