import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { stageConfig } from '../../infra/stages.ts';
import { PREFIXES } from '../../shared/contracts/layout.ts';
import { synthesize } from '../support/infra/synthesized-stage.ts';

const [dev, prod] = [stageConfig('dev'), stageConfig('prod')];

describe.each([dev, prod].map((stage) => [stage.name, stage] as const))(
  'data of %s',
  { timeout: 60_000 },
  (_, stage) => {
    const { data } = synthesize(stage).templates;

    test('the lake is versioned, under its own rotated key, private, and tells EventBridge', () => {
      data.hasResourceProperties('AWS::S3::Bucket', {
        VersioningConfiguration: { Status: 'Enabled' },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            {
              BucketKeyEnabled: true,
              ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: Match.anyValue() },
            },
          ],
        },
        LoggingConfiguration: { LogFilePrefix: 'lake/' },
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      });
      data.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    });

    test('each bucket shuts the public out, owns its objects, and is reached by TLS 1.2 only', () => {
      data.resourceCountIs('AWS::S3::Bucket', 2);
      data.allResourcesProperties('AWS::S3::Bucket', {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      });
      data.allResourcesProperties('AWS::S3::BucketPolicy', {
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
            Match.objectLike({ Effect: 'Deny', Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
          ]),
        },
      });
    });

    test('tweets, jobs and backfills expire; datasets, test sets, models and decisions are kept', () => {
      const { Resources } = data.toJSON() as {
        Resources: Record<string, { Type: string; Properties: { LifecycleConfiguration: { Rules: Rule[] } } }>;
      };
      interface Rule {
        readonly Prefix?: string;
        readonly ExpirationInDays?: number;
        readonly NoncurrentVersionExpiration?: { readonly NoncurrentDays: number };
        readonly AbortIncompleteMultipartUpload?: unknown;
      }
      const lake = Object.entries(Resources).find(([id]) => id.startsWith('LakeBucket'))![1];
      const rules = lake.Properties.LifecycleConfiguration.Rules;
      const days = Object.fromEntries(
        rules.flatMap(({ Prefix, ExpirationInDays }) =>
          ExpirationInDays === undefined ? [] : [[Prefix, ExpirationInDays]],
        ),
      ) as Record<string, number>;
      expect(days).toEqual({
        [PREFIXES.tagged]: stage.retentionDays.tagged,
        [PREFIXES.quarantine]: stage.retentionDays.quarantine,
        [PREFIXES.jobs]: stage.retentionDays.jobs,
        [PREFIXES.backfill]: stage.retentionDays.backfill,
      });
      const general = rules.find(({ Prefix }) => Prefix === undefined)!;
      expect(general.NoncurrentVersionExpiration).toEqual({ NoncurrentDays: stage.retentionDays.oldVersions });
      expect(general.AbortIncompleteMultipartUpload).toEqual({ DaysAfterInitiation: 7 });
    });

    test('models are signed by an elliptic key on P-256', () => {
      data.hasResourceProperties('AWS::KMS::Key', { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    });
  },
);

describe('removal of data', { timeout: 60_000 }, () => {
  const policies = (stage: typeof dev, removeDataOnDestroy: boolean): Set<string | undefined> => {
    const { Resources } = synthesize(stage, { removeDataOnDestroy }).templates.data.toJSON() as {
      Resources: Record<string, { Type: string; DeletionPolicy?: string }>;
    };
    const stateful = Object.values(Resources).filter(({ Type }) => ['AWS::S3::Bucket', 'AWS::KMS::Key'].includes(Type));
    return new Set(stateful.map(({ DeletionPolicy }) => DeletionPolicy));
  };

  test.each([
    ['dev', dev, true, 'Delete'],
    ['dev', dev, false, 'Retain'],
    ['prod', prod, true, 'Retain'],
    ['prod', prod, false, 'Retain'],
  ] as const)('takes two keys: %s, %o with the context %s: %s', (_, stage, context, policy) => {
    expect([...policies(stage, context)]).toEqual([policy]);
  });

  test('the stack of prod cannot be deleted by mistake', () => {
    expect(synthesize(prod).stacks.data.terminationProtection).toBe(true);
    expect(synthesize(dev).stacks.data.terminationProtection).toBe(false);
  });
});

test(
  'logical ids of what holds data stay as they are: another one would be an empty bucket',
  { timeout: 60_000 },
  () => {
    const { data } = synthesize(prod).templates;
    const ids = (type: string): string[] => Object.keys(data.findResources(type)).sort();
    expect(ids('AWS::S3::Bucket')).toEqual(['LakeAccessLogs4431AB8D', 'LakeBucketB1D32E10']);
    expect(ids('AWS::KMS::Key')).toEqual(['LakeKey7B6C155C', 'SigningKey49B95470']);
  },
);
