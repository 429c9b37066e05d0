import { PolicyStatement, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { PREFIXES } from '../../shared/contracts/layout.ts';
import type { ObjectAccess, Prefix } from '../access.ts';
import type { Lake } from './lake.ts';
import { acknowledgeWildcard } from './written-reasons.ts';

/**
 * Lets a role do in the lake what its row of OBJECT_ACCESS says. Written out statement by statement, because the grants of
 * the library allow `s3:GetObject*`, versions that were deleted among them.
 */
export function grantObjects(grantee: IGrantable & IConstruct, lake: Lake, access: ObjectAccess): void {
  const { bucket, key } = lake;
  const below = (prefixes: readonly Prefix[]): string[] =>
    prefixes.map((prefix) => bucket.arnForObjects(`${PREFIXES[prefix]}*`));
  const allow = (actions: string[], resources: string[]): void => {
    if (resources.length === 0) return;
    grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
    for (const resource of resources.filter((arn) => arn.endsWith('*'))) {
      acknowledgeWildcard(grantee, resource, 'Objects below a prefix: their names are hashes, times and names of jobs.');
    }
  };
  allow(['s3:GetObject'], below(access.read));
  allow(
    ['s3:PutObject', 's3:AbortMultipartUpload'],
    [...below(access.write), ...(access.writeKeys ?? []).map((name) => bucket.arnForObjects(name))],
  );
  allow(['s3:DeleteObject'], below(access.remove ?? []));
  // Without it S3 answers for an object that is not there as for one that is forbidden; a condition on the prefix would
  // not hold for those answers. It shows names, no content.
  allow(['s3:ListBucket'], [bucket.bucketArn]);
  key.grant(grantee, 'kms:Decrypt', 'kms:GenerateDataKey');
}
