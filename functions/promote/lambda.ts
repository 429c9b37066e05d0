// Entry of the deployed function.
import { readEnvironment } from '../../shared/env.ts';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { CLIENT_SETTINGS } from '../../shared/cloud/client-settings.ts';
import { promoteEnvironmentSchema } from '../../shared/contracts/environment.ts';
import { trainingJobChangedSchema } from '../../shared/contracts/events.ts';
import { EventBridgeBus } from '../../shared/events/eventbridge-bus.ts';
import { bundleInput } from '../../shared/features/bundle-input.ts';
import { loadModel } from '../../shared/model/load-model.ts';
import { createRegistry } from '../../shared/registry/registry.ts';
import { KmsSigner, KmsVerifier } from '../../shared/signing/kms-signer.ts';
import { grantedThreads } from '../lambda/granted-threads.ts';
import { openServices } from '../lambda/open-services.ts';
import { createSqsEventsLambda } from '../lambda/sqs-events.ts';
import { createPromoteHandler } from './handler.ts';

const environment = readEnvironment(promoteEnvironmentSchema);
const services = openServices('promote', environment);
const { store, clock } = services;
const key = { client: new KMSClient(CLIENT_SETTINGS), keyId: environment.TAGWRIGHT_SIGNING_KEY };
const promote = createPromoteHandler({
  store,
  clock,
  registry: createRegistry({ store, clock, signer: new KmsSigner(key), verifier: new KmsVerifier(key) }),
  bus: new EventBridgeBus({ client: new EventBridgeClient(CLIENT_SETTINGS), bus: environment.TAGWRIGHT_EVENT_BUS }),
  gate: environment.TAGWRIGHT_GATE,
  approval: environment.TAGWRIGHT_APPROVAL,
  load: (bundle) => loadModel(bundle, { inputOf: bundleInput, workers: grantedThreads() }),
});

export const handler = createSqsEventsLambda({
  ...services,
  schema: trainingJobChangedSchema,
  handle: (event) => promote.handle(event),
});
