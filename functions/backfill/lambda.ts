// Entry of the deployed function.
import { KMSClient } from '@aws-sdk/client-kms';
import { CLIENT_SETTINGS } from '../../shared/cloud/client-settings.ts';
import { backfillEnvironmentSchema } from '../../shared/contracts/environment.ts';
import { readEnvironment } from '../../shared/env.ts';
import { bundleInput } from '../../shared/features/bundle-input.ts';
import { loadModel } from '../../shared/model/load-model.ts';
import { createRegistry } from '../../shared/registry/registry.ts';
import { KmsVerifier } from '../../shared/signing/kms-signer.ts';
import { grantedThreads } from '../lambda/granted-threads.ts';
import { openServices } from '../lambda/open-services.ts';
import { createBackfillLambda } from './lambda-handler.ts';
import { createTaggerOf } from './model-tagger.ts';

const environment = readEnvironment(backfillEnvironmentSchema);
const services = openServices('backfill', environment);
const verifier = new KmsVerifier({ client: new KMSClient(CLIENT_SETTINGS), keyId: environment.TAGWRIGHT_SIGNING_KEY });
const registry = createRegistry({ store: services.store, clock: services.clock, verifier });

export const handler = createBackfillLambda({
  ...services,
  registry,
  taggerOf: createTaggerOf(async (modelId) =>
    loadModel(await registry.load(modelId), { inputOf: bundleInput, workers: grantedThreads() }),
  ),
});
