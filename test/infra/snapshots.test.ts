import { describe, expect, test } from 'vitest';
import { stageConfig } from '../../infra/stages.ts';
import { PARTS, synthesize } from '../support/infra/synthesized-stage.ts';

/** Hashes of what is deployed, and of versions that derive from them, change with every line of code. */
function normalized(template: unknown): string {
  return `${JSON.stringify(template, null, 1)}\n`
    .replaceAll(/[0-9a-f]{64}/g, 'HASH')
    .replaceAll(/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g, '$1HASH');
}

// `vitest run test/infra/snapshots.test.ts -u` writes them anew.
describe.each(['dev', 'prod'])('stage %s', { timeout: 60_000 }, (name) => {
  test.each(PARTS)('the stack %s is the one that was looked at', async (part) => {
    const template = normalized(synthesize(stageConfig(name)).templates[part].toJSON());
    await expect(template).toMatchFileSnapshot(`../golden/infra/${name}-${part}.json`);
  });
});
