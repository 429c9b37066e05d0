import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../../scripts/supply-chain/lock.ts';

test('writes a bill of materials of what is passed on, and of nothing else', () => {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'supply-chain', 'sbom.ts')], { cwd: root });
  expect(status).toBe(0);
  const bill = JSON.parse(readFileSync(join(root, '.build', 'sbom.json'), 'utf8')) as {
    readonly bomFormat: string;
    readonly components: readonly { readonly name: string }[];
  };
  expect(bill.bomFormat).toBe('CycloneDX');
  const names = bill.components.map(({ name }) => name);
  expect(names).toContain('onnxruntime-node');
  expect(names).not.toContain('vitest');
});
