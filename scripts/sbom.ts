// `npm run sbom`: what is shipped, as CycloneDX, from the lock file alone.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './supply-chain/package-lock.ts';

const FILE = join('.build', 'sbom.json');

const { status, stdout, stderr } = spawnSync(
  'npm',
  ['sbom', '--omit=dev', '--sbom-format=cyclonedx', '--package-lock-only'],
  { cwd: ROOT, encoding: 'utf8', shell: process.platform === 'win32', maxBuffer: 64 * 1024 * 1024 },
);
if (status === 0) {
  const { components } = JSON.parse(stdout) as { readonly components: readonly unknown[] };
  mkdirSync(join(ROOT, '.build'), { recursive: true });
  writeFileSync(join(ROOT, FILE), stdout);
  process.stderr.write(`sbom: ${components.length} packages in ${FILE}\n`);
} else {
  process.stderr.write(`sbom: npm sbom failed; it is there from npm 9.5 on\n${stderr}`);
  process.exitCode = 1;
}
