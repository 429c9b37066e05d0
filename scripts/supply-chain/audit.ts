// `npm run audit`: whether the lock file can be trusted, and whether anything in it is known to be unsafe. The second needs
// a registry that answers for advisories.
import { spawnSync } from 'node:child_process';
import { lockProblems } from './lock-problems.ts';
import { readLock, root } from './lock.ts';

const packages = readLock();
const problems = lockProblems(packages);
for (const problem of problems) process.stderr.write(`audit: ${problem}\n`);
process.stderr.write(`audit: ${packages.length} locked packages, ${problems.length} problems\n`);
const options = { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' } as const;
const advisories = spawnSync('npm', ['audit', '--audit=true', '--omit=dev', '--audit-level=moderate'], options);
if (advisories.status !== 0) {
  process.stderr.write('audit: see above; without a registry that answers, nothing is known of advisories\n');
}
process.exitCode = problems.length === 0 && advisories.status === 0 ? 0 : 1;
