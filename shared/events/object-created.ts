import type { ObjectCreated } from '../contracts/events.ts';

/** What stands for the bucket in the events of a state folder. */
export const LOCAL_BUCKET = 'local';

/** The event that S3 would send of an object in a state folder's store. */
export function objectCreated(key: string, { id, time }: { readonly id: string; readonly time: Date }): ObjectCreated {
  return {
    id,
    time: time.toISOString(),
    source: 'aws.s3',
    'detail-type': 'Object Created',
    detail: { bucket: { name: LOCAL_BUCKET }, object: { key } },
  };
}
