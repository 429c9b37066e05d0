import { DeleteObjectsCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';

/** Deletes every version of every object, a thousand at a time. */
export async function emptyBucket(bucket: string, client: S3Client = new S3Client({})): Promise<void> {
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    const objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key: Key!, VersionId: VersionId! }));
    if (objects.length === 0) return;
    for (let at = 0; at < objects.length; at += 1_000) {
      const Objects = objects.slice(at, at + 1_000);
      const { Errors = [] } = await client.send(
        new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
      );
      if (Errors.length > 0)
        throw new Error(`${bucket}: ${String(Errors[0]!.Key)} was not deleted: ${String(Errors[0]!.Message)}`);
    }
  }
}
