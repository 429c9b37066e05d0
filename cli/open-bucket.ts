import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { CLIENT_SETTINGS } from '../shared/cloud/client-settings.ts';
import { EventBridgeBus } from '../shared/events/eventbridge-bus.ts';
import { createRegistry } from '../shared/registry/registry.ts';
import { KmsVerifier } from '../shared/signing/kms-signer.ts';
import { S3ObjectStore } from '../shared/store/s3-object-store.ts';
import type { ModelPlace } from './open-registry.ts';

export interface BucketOptions {
  readonly bucket: string;
  /** ARN of the key that models have to be signed by; without it no signature is looked at. */
  readonly signingKey?: string | undefined;
  readonly eventBus: string;
}

/** A bucket of the cloud, by the credentials and the region that the AWS SDK finds. */
export function openBucket({ bucket, signingKey, eventBus }: BucketOptions): ModelPlace {
  const s3 = new S3Client(CLIENT_SETTINGS);
  const kms = new KMSClient(CLIENT_SETTINGS);
  const eventBridge = new EventBridgeClient(CLIENT_SETTINGS);
  const store = new S3ObjectStore({ client: s3, bucket });
  return {
    name: `s3://${bucket}`,
    store,
    registry: createRegistry({
      store,
      clock: () => new Date(),
      ...(signingKey === undefined ? {} : { verifier: new KmsVerifier({ client: kms, keyId: signingKey }) }),
    }),
    bus: new EventBridgeBus({ client: eventBridge, bus: eventBus }),
    close: () => {
      for (const client of [s3, kms, eventBridge]) client.destroy();
    },
  };
}
