import { S3Client } from '@aws-sdk/client-s3';
import { CLIENT_SETTINGS } from '../../shared/cloud/client-settings.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { S3ObjectStore } from '../../shared/store/s3-object-store.ts';
import { createFunctionLog, type FunctionLog } from './function-log.ts';
import { createFunctionMetrics, type FunctionMetrics } from './function-metrics.ts';

/** What every function has. */
export interface FunctionServices {
  readonly store: ObjectStore;
  readonly clock: () => Date;
  readonly log: FunctionLog;
  readonly metrics: FunctionMetrics;
}

/** What every function's environment says. */
export interface StageEnvironment {
  readonly TAGWRIGHT_BUCKET: string;
  readonly TAGWRIGHT_STAGE: string;
}

/** @param service the function's name */
export function openServices(service: string, environment: StageEnvironment): FunctionServices {
  const identity = { service, stage: environment.TAGWRIGHT_STAGE };
  return {
    store: new S3ObjectStore({ client: new S3Client(CLIENT_SETTINGS), bucket: environment.TAGWRIGHT_BUCKET }),
    clock: () => new Date(),
    log: createFunctionLog(identity),
    metrics: createFunctionMetrics(identity),
  };
}
