import { Duration, Size } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { trendsEnvironmentSchema } from '../../shared/contracts/environment.ts';
import { ServiceFunction, type FunctionSetting } from './service-function.ts';
import { WorkQueue } from './work-queue.ts';

/**
 * Counts what was stored. All counts are one object that is replaced by compare-and-swap, so one writer at a time is
 * enough, and more would only get in each other's way.
 */
export class Trends extends Construct {
  readonly stored: WorkQueue;
  readonly service: ServiceFunction<typeof trendsEnvironmentSchema>;

  constructor(scope: Construct, id: string, setting: FunctionSetting) {
    super(scope, id);
    const { stage, lake } = setting;
    const timeout = Duration.seconds(120);
    // The longer messages gather, the less often the object is written, and the later a trend is seen.
    this.stored = new WorkQueue(this, 'Stored', { timeout, window: Duration.seconds(20) });
    this.service = new ServiceFunction<typeof trendsEnvironmentSchema>(this, 'Service', {
      ...setting,
      name: 'trends',
      memoryMb: 1_769,
      timeout,
      scratch: Size.gibibytes(2),
      environment: { TAGWRIGHT_BUCKET: lake.bucket.bucketName, TAGWRIGHT_STAGE: stage.name },
    });
    // The least that a mapping takes; where concurrency is reserved, that makes it one.
    this.service.workOn(this.stored, { maxConcurrency: 2 });
  }
}
