// Entry of the deployed function.
import { readEnvironment } from '../../shared/env.ts';
import { FUNCTION_METRICS } from '../../shared/contracts/function-metrics.ts';
import { trendsEnvironmentSchema } from '../../shared/contracts/environment.ts';
import { openServices } from '../lambda/open-services.ts';
import { createTrendsLambda } from './lambda-handler.ts';
import { StoredTrends, TRENDS_FOLDER } from './stored-trends.ts';

const services = openServices('trends', readEnvironment(trendsEnvironmentSchema));
const { store, clock, metrics } = services;
const onConflict = (): void => {
  metrics.add(FUNCTION_METRICS.trendsConflicts, 1);
};

export const handler = createTrendsLambda({
  ...services,
  trends: new StoredTrends({ store, folder: TRENDS_FOLDER, clock, onConflict }),
});
