// Entry of the deployed function.
import { readEnvironment } from '../../shared/env.ts';
import { fileURLToPath } from 'node:url';
import { apiEnvironmentSchema } from '../../shared/contracts/environment.ts';
import { readConsole } from '../console/console-folder.ts';
import { openModels } from '../lambda/open-models.ts';
import { openServices } from '../lambda/open-services.ts';
import { sendingQueue } from '../lambda/sending-queue.ts';
import { StoredTrends, TRENDS_FOLDER } from '../trends/stored-trends.ts';
import { createJwtAuthentication } from './auth/jwt-authentication.ts';
import { createApiLambda } from './lambda-handler.ts';

const environment = readEnvironment(apiEnvironmentSchema);
const besideCode = (name: string): string => fileURLToPath(new URL(`./${name}`, import.meta.url));
const services = openServices('api', environment);
const { store, clock } = services;

const authentication =
  environment.TAGWRIGHT_AUTH === 'iam'
    ? undefined
    : createJwtAuthentication({
        // The schema says that both are there.
        issuer: environment.TAGWRIGHT_JWT_ISSUER!,
        audience: environment.TAGWRIGHT_JWT_AUDIENCE!,
        clock,
      });

export const handler = createApiLambda({
  ...services,
  ...openModels(services, environment, besideCode('model')),
  queue: sendingQueue(environment.TAGWRIGHT_INGEST_QUEUE_URL),
  trends: new StoredTrends({ store, folder: TRENDS_FOLDER, clock }),
  authentication,
  hosts: environment.TAGWRIGHT_HOSTS.split(',').map((host) => host.trim()),
  console: await readConsole(besideCode('console')),
});
