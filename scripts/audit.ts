// `npm run audit`: what the lock file leaves open, and known holes in what is shipped.
import { spawnSync } from 'node:child_process';
import { auditVerdict } from './supply-chain/audit-verdict.ts';
import { lockProblems } from './supply-chain/lock-problems.ts';
import { readPackageLock, ROOT } from './supply-chain/package-lock.ts';

const problems = lockProblems(readPackageLock());
for (const problem of problems) process.stderr.write(`audit: package-lock.json: ${problem}\n`);
if (problems.length === 0)
  process.stderr.write('audit: package-lock.json: every package has a hash, every install script is known\n');

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  cwd: ROOT,
  encoding: 'utf8',
  shell: process.platform === 'win32',
  timeout: 60_000,
});
const { lines, isClean } = auditVerdict(stdout);
for (const line of lines) process.stderr.write(`audit: ${line}\n`);
process.exitCode = problems.length === 0 && isClean ? 0 : 1;
