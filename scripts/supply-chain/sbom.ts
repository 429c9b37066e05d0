// `npm run sbom`: the bill of materials of what is passed on, in CycloneDX form, as .build/sbom.json.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lock.ts';

const file = join(root, '.build', 'sbom.json');
const { status, stdout } = spawnSync('npm', ['sbom', '--sbom-format=cyclonedx', '--omit=dev', '--package-lock-only'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 2 ** 26,
  stdio: ['ignore', 'pipe', 'inherit'],
  shell: process.platform === 'win32',
});
if (status === 0) {
  mkdirSync(join(root, '.build'), { recursive: true });
  writeFileSync(file, stdout);
  const { components } = JSON.parse(stdout) as { readonly components: readonly unknown[] };
  process.stderr.write(`sbom: ${components.length} components in ${file}\n`);
} else process.exitCode = 1;
