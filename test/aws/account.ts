import { S3Client } from '@aws-sdk/client-s3';

/** Why nothing can be deployed; undefined where there are credentials and a region. */
export async function whyNoAccount(): Promise<string | undefined> {
  const client = new S3Client({});
  try {
    await client.config.credentials();
    await client.config.region();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    client.destroy();
  }
}
