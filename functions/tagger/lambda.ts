// Entry of the deployed function.
import { readEnvironment } from '../../shared/env.ts';
import { fileURLToPath } from 'node:url';
import { taggerEnvironmentSchema } from '../../shared/contracts/environment.ts';
import { openModels } from '../lambda/open-models.ts';
import { openServices } from '../lambda/open-services.ts';
import { sendingQueue } from '../lambda/sending-queue.ts';
import { createTaggerLambda } from './lambda-handler.ts';

const environment = readEnvironment(taggerEnvironmentSchema);
const services = openServices('tagger', environment);
const { model } = openModels(services, environment, fileURLToPath(new URL('./model', import.meta.url)));

export const handler = createTaggerLambda({
  ...services,
  model,
  trends: sendingQueue(environment.TAGWRIGHT_TRENDS_QUEUE_URL),
});
