import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Instance, readInstance } from '../../../../training/job/container/instance.ts';
import { codeOf } from '../../../support/error-code.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

function read(resource: object): Promise<Instance> {
  const file = join(tempFolder(), 'resourceconfig.json');
  writeFileSync(file, JSON.stringify(resource));
  return readInstance(file);
}

test.each([
  [{}, undefined, false],
  [{ current_host: 'algo-1', hosts: ['algo-1'], network_interface_name: 'eth0' }, undefined, false],
  [{ current_instance_type: 'local' }, 'local', false],
  [{ current_instance_type: 'ml.c7i.xlarge' }, 'ml.c7i.xlarge', false],
  [{ current_instance_type: 'ml.g5.xlarge', instance_groups: [] }, 'ml.g5.xlarge', true],
  [{ current_instance_type: 'ml.p4d.24xlarge' }, 'ml.p4d.24xlarge', true],
])('of %j the type is %s', async (resource, type, hasGpu) => {
  expect(await read(resource)).toEqual({ type, hasGpu });
});

test('is unknown where the platform says nothing', async () => {
  expect(await readInstance(join(tempFolder(), 'none.json'))).toEqual({ type: undefined, hasGpu: false });
});

test('fails for several hosts, which would all train the same', async () => {
  expect(await codeOf(() => read({ hosts: ['algo-1', 'algo-2'] }))).toBe('E_TRAINING_INPUT');
});
