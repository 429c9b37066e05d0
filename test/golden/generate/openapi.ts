/**
 * Writes test/golden/openapi.json, the API's document as clients know it: `node test/golden/generate/openapi.ts`. Run it
 * after a change of the API that is meant, and read the difference.
 */
import { writeFile } from 'node:fs/promises';
import { createApp } from '../../../functions/api/app.ts';
import { createApiHost } from '../../support/api-host.ts';

const response = await createApp(createApiHost().deps).request('/openapi.json');
const file = new URL('../openapi.json', import.meta.url);
await writeFile(file, `${JSON.stringify(await response.json(), undefined, 2)}\n`);
