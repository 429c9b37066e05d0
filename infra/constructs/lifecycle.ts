import { Duration } from 'aws-cdk-lib';
import type { LifecycleRule } from 'aws-cdk-lib/aws-s3';
import { PREFIXES } from '../../shared/contracts/layout.ts';
import type { Prefix } from '../access.ts';
import type { StageConfig } from '../stages.ts';

/** How long objects of a prefix live; undefined: as long as nobody deletes them. A new prefix does not compile without. */
const lifetimes: Readonly<Record<Prefix, ((days: StageConfig['retentionDays']) => number) | undefined>> = {
  datasets: undefined,
  frozen: undefined,
  encoders: undefined,
  // What a job leaves is copied when it is promoted.
  jobs: ({ jobs }) => jobs,
  models: undefined,
  signatures: undefined,
  evaluations: undefined,
  decisions: undefined,
  // Tweets are personal data: nothing that holds them is kept for ever.
  tagged: ({ tagged }) => tagged,
  quarantine: ({ quarantine }) => quarantine,
  trends: undefined,
  backfill: ({ backfill }) => backfill,
};

/** The bucket's lifecycle rules. Where two hold for one object, the earlier day counts. */
export function lifecycleRules(days: StageConfig['retentionDays']): LifecycleRule[] {
  const expiry = Object.entries(lifetimes).flatMap(([prefix, lifetime]): LifecycleRule[] =>
    lifetime === undefined
      ? []
      : [{ id: `${prefix}-expire`, prefix: PREFIXES[prefix as Prefix], expiration: Duration.days(lifetime(days)) }],
  );
  return [
    {
      id: 'old-versions',
      noncurrentVersionExpiration: Duration.days(days.oldVersions),
      expiredObjectDeleteMarker: true,
      abortIncompleteMultipartUploadAfter: Duration.days(7),
    },
    // The counts are written anew at every invocation, so a version is worth little and there are thousands a day.
    // Results that were replaced: by far the most bytes, and a backfill makes them again.
    {
      id: 'tagged-old-versions',
      prefix: PREFIXES.tagged,
      noncurrentVersionExpiration: Duration.days(days.taggedOldVersions),
    },
    { id: 'trends-old-versions', prefix: PREFIXES.trends, noncurrentVersionExpiration: Duration.days(1) },
    ...expiry,
  ];
}
