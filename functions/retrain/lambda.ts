// Entry of the deployed function.
import { readEnvironment } from '../../shared/env.ts';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { CLIENT_SETTINGS } from '../../shared/cloud/client-settings.ts';
import { retrainEnvironmentSchema } from '../../shared/contracts/environment.ts';
import { objectCreatedSchema } from '../../shared/contracts/events.ts';
import { EventBridgeBus } from '../../shared/events/eventbridge-bus.ts';
import { SageMakerJobs } from '../../shared/jobs/sagemaker-jobs.ts';
import { openServices } from '../lambda/open-services.ts';
import { createSqsEventsLambda } from '../lambda/sqs-events.ts';
import { createRetrainHandler } from './handler.ts';
import { retrainSettings, sageMakerSettings } from './lambda-settings.ts';

const environment = readEnvironment(retrainEnvironmentSchema);
const services = openServices('retrain', environment);
const settings = retrainSettings(environment);
const retrain = createRetrainHandler({
  ...services,
  jobs: new SageMakerJobs({
    client: new SageMakerClient(CLIENT_SETTINGS),
    // With its hyphen: the stage dev must not list the jobs of dev2.
    namePrefix: `${settings.namePrefix}-`,
    ...sageMakerSettings(environment),
  }),
  bus: new EventBridgeBus({ client: new EventBridgeClient(CLIENT_SETTINGS), bus: environment.TAGWRIGHT_EVENT_BUS }),
  settings,
  bucket: environment.TAGWRIGHT_BUCKET,
});

export const handler = createSqsEventsLambda({
  ...services,
  schema: objectCreatedSchema,
  handle: (event) => retrain.handle(event),
});
