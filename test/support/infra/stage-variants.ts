import { stageConfig, type StageConfig } from '../../../infra/stages.ts';

const [dev, prod] = [stageConfig('dev'), stageConfig('prod')];
const email = 'operator@example.org';

/** A stage with an edge, a network, an encoder and a budget: every branch that `dev` and `prod` leave out. */
export const fullStage: StageConfig = {
  ...prod,
  name: 'full',
  environment: { account: '123456789012', region: 'us-east-1' },
  architecture: 'x86_64',
  api: { auth: { kind: 'iam' }, edge: { allowedCidrs: ['192.0.2.0/24'], requestsPerFiveMinutes: 1_000 } },
  training: {
    ...prod.training,
    profile: 'iterate',
    encoder: 'minilm',
    network: { subnets: ['subnet-1'], securityGroups: ['sg-1'] },
  },
  approval: 'manual',
  watch: { ...prod.watch, email, budget: { monthlyDollars: 2_000 } },
};

/** A stage that looks at tokens by itself. */
export const jwtStage: StageConfig = {
  ...dev,
  name: 'jwt',
  api: { auth: { kind: 'jwt', issuer: 'https://issuer.example.org/', audience: 'tagwright' } },
};

export const STAGE_VARIANTS: readonly (readonly [string, StageConfig])[] = [dev, prod, fullStage, jwtStage].map(
  (stage) => [stage.name, stage],
);
