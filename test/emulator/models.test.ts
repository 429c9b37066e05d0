import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { createRegistry, type Registry } from '../../shared/registry/registry.ts';
import { KmsSigner } from '../../shared/signing/kms-signer.ts';
import { S3ObjectStore } from '../../shared/store/s3-object-store.ts';
import { kmsClient, s3Client } from '../support/aws/emulator-clients.ts';
import { cli } from '../support/cli.ts';
import { writeVocabularyTagger } from '../support/vocabulary-tagger.ts';

const endpoint = inject('motoUrl');

interface Stack {
  readonly bucket: string;
  readonly key: string;
  readonly signing: Registry;
  readonly unsigned: Registry;
  /** Runs a verb as somebody with credentials for the stack. */
  readonly run: (...args: readonly string[]) => ReturnType<typeof cli>;
}

/** A bucket and a key, as a stack has them. */
async function stack(): Promise<Stack> {
  const [s3, kms] = [s3Client(endpoint), kmsClient(endpoint)];
  const bucket = `tagwright-${randomUUID()}`;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const created = await kms.send(new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }));
  const key = created.KeyMetadata!.Arn!;
  const signer = new KmsSigner({ client: kms, keyId: key });
  const store = new S3ObjectStore({ client: s3, bucket });
  const clock = (): Date => new Date();
  return {
    bucket,
    key,
    signing: createRegistry({ store, clock, signer }),
    unsigned: createRegistry({ store, clock }),
    run: (...args) =>
      cli([...args, '--bucket', bucket], {
        env: {
          AWS_ENDPOINT_URL: endpoint,
          AWS_REGION: 'us-east-1',
          AWS_ACCESS_KEY_ID: 'x',
          AWS_SECRET_ACCESS_KEY: 'x',
        },
      }),
  };
}

describe.skipIf(endpoint === '')('tagwright models over a bucket', () => {
  test('lists, promotes and rolls back what the key of the stack has signed', async () => {
    const { key, signing, run } = await stack();
    const [first, second] = [
      await signing.publish(await writeVocabularyTagger({ Ada: 'B-person' })),
      await signing.publish(await writeVocabularyTagger({ Ada: 'B-person', Paris: 'B-geo-loc' })),
    ];
    const listed = await run('models', '--json');
    const { models } = JSON.parse(listed.stdout) as { readonly models: readonly { readonly id: string }[] };
    expect(models.map(({ id }) => id).sort()).toEqual([first.id, second.id].sort());
    for (const { id } of [first, second]) {
      const { code, stderr } = await run('models', 'promote', id, '--signing-key', key);
      expect([code, stderr]).toEqual([0, `model ${id} is current\n`]);
    }
    expect((await run('models', 'rollback', '--signing-key', key)).code).toBe(0);
    expect((await signing.current())?.pointer).toMatchObject({ modelId: first.id, previous: second.id });
  });

  test('fails with E_BUNDLE_UNSIGNED for a model that the key has not signed, and moves nothing', async () => {
    const { key, unsigned, run } = await stack();
    const { id } = await unsigned.publish(await writeVocabularyTagger({ Ada: 'B-person' }));
    const { code, stderr } = await run('models', 'promote', id, '--signing-key', key);
    expect([code, await unsigned.current()]).toEqual([1, undefined]);
    expect(stderr).toMatch(/^tagwright: E_BUNDLE_UNSIGNED: /);
  });
});
