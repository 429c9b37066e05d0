import { CfnOutput, Duration } from 'aws-cdk-lib';
import { FunctionUrlAuthType, type FunctionUrl } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { apiEnvironmentSchema } from '../../shared/contracts/environment.ts';
import type { StageConfig } from '../stages.ts';
import { ApiEdge } from './api-edge.ts';
import { ServiceFunction, type FunctionSetting } from './service-function.ts';
import type { SigningKey } from './signing-key.ts';
import type { WorkQueue } from './work-queue.ts';

export interface ApiProps extends FunctionSetting {
  readonly signingKey: SigningKey;
  readonly ingest: WorkQueue;
}

/** The HTTP API with a URL of its own, behind CloudFront where the stage says so. */
export class Api extends Construct {
  readonly service: ServiceFunction<typeof apiEnvironmentSchema>;
  readonly url: FunctionUrl;

  constructor(scope: Construct, id: string, { signingKey, ingest, ...setting }: ApiProps) {
    super(scope, id);
    const { stage, lake } = setting;
    this.service = new ServiceFunction<typeof apiEnvironmentSchema>(this, 'Service', {
      ...setting,
      name: 'api',
      memoryMb: 1_769,
      timeout: Duration.seconds(29),
      environment: {
        TAGWRIGHT_BUCKET: lake.bucket.bucketName,
        TAGWRIGHT_STAGE: stage.name,
        TAGWRIGHT_SIGNING_KEY: signingKey.key.keyArn,
        TAGWRIGHT_MODEL_POLL_SECONDS: String(stage.modelPollSeconds),
        TAGWRIGHT_INGEST_QUEUE_URL: ingest.queue.queueUrl,
        ...authEnvironment(stage.api.auth),
        // A function's URL is answered for this function only: there is no other host to be mistaken for.
        TAGWRIGHT_HOSTS: '*',
      },
    });
    signingKey.grantVerify(this.service.role);
    this.service.allow(['sqs:SendMessage', 'sqs:GetQueueAttributes'], [ingest.queue.queueArn]);
    this.url = this.service.alias.addFunctionUrl({
      authType: stage.api.auth.kind === 'iam' ? FunctionUrlAuthType.AWS_IAM : FunctionUrlAuthType.NONE,
    });
    new CfnOutput(this, 'FunctionUrl', { value: this.url.url });
    if (stage.api.edge !== undefined) new ApiEdge(this, 'Edge', { url: this.url, edge: stage.api.edge });
  }
}

type AuthEnvironment = Pick<
  ConstructorParameters<typeof ServiceFunction<typeof apiEnvironmentSchema>>[2]['environment'],
  'TAGWRIGHT_AUTH' | 'TAGWRIGHT_JWT_ISSUER' | 'TAGWRIGHT_JWT_AUDIENCE'
>;

function authEnvironment(auth: StageConfig['api']['auth']): AuthEnvironment {
  switch (auth.kind) {
    case 'iam':
      return { TAGWRIGHT_AUTH: 'iam' };
    case 'jwt':
      return { TAGWRIGHT_AUTH: 'jwt', TAGWRIGHT_JWT_ISSUER: auth.issuer, TAGWRIGHT_JWT_AUDIENCE: auth.audience };
  }
}
