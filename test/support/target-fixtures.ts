import { join } from 'node:path';

/** Step-4 files and a gazetteer that were written for this repository; see reviews.txt there. */
export const targetFixtures = join(import.meta.dirname, '..', 'fixtures', 'recipes', 'geoparser-target');
