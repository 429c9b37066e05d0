import { KMSClient } from '@aws-sdk/client-kms';
import { CLIENT_SETTINGS } from '../../shared/cloud/client-settings.ts';
import { createRegistry, type Registry } from '../../shared/registry/registry.ts';
import { KmsVerifier } from '../../shared/signing/kms-signer.ts';
import { grantedThreads } from './granted-threads.ts';
import { openServingModel } from './open-serving-model.ts';
import type { FunctionServices } from './open-services.ts';
import type { ServingModel } from './serving-model.ts';

/** What the environment of a function that loads models says. */
export interface ModelEnvironment {
  readonly TAGWRIGHT_SIGNING_KEY: string;
  readonly TAGWRIGHT_MODEL_POLL_SECONDS: number;
}

/** The stage's models, each signed by the stage's key, and the one that serves. */
export interface Models {
  readonly registry: Registry;
  readonly model: ServingModel;
}

/** @param fallbackDir the model that is deployed with the code */
export function openModels(services: FunctionServices, environment: ModelEnvironment, fallbackDir: string): Models {
  const { store, clock, log, metrics } = services;
  const client = new KMSClient(CLIENT_SETTINGS);
  const verifier = new KmsVerifier({ client, keyId: environment.TAGWRIGHT_SIGNING_KEY });
  const registry = createRegistry({ store, clock, verifier });
  const pollSeconds = environment.TAGWRIGHT_MODEL_POLL_SECONDS;
  const model = openServingModel({ registry, fallbackDir, threads: grantedThreads(), pollSeconds, log, metrics });
  return { registry, model };
}
