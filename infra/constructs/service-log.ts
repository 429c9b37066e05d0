import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { StageConfig } from '../stages.ts';

type Days = StageConfig['logRetentionDays'];

const retention: Readonly<Record<Days, RetentionDays>> = {
  3: RetentionDays.THREE_DAYS,
  7: RetentionDays.ONE_WEEK,
  30: RetentionDays.ONE_MONTH,
  90: RetentionDays.THREE_MONTHS,
  365: RetentionDays.ONE_YEAR,
};

export interface ServiceLogProps {
  readonly days: Days;
  readonly key: IKey;
}

/** An encrypted log that goes with what writes it: there are no tweets in it, and alone it is of no use. */
export class ServiceLog extends LogGroup {
  constructor(scope: Construct, id: string, { days, key }: ServiceLogProps) {
    super(scope, id, {
      retention: retention[days],
      encryptionKey: key,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
