// `npm run licences`: the licence of each package that is shipped; fails for one that is not on the list.
import { productionLicences } from './supply-chain/licences.ts';
import { readPackageLock, ROOT } from './supply-chain/package-lock.ts';

const found = productionLicences(readPackageLock(), ROOT);
for (const { name, version, licence } of found) process.stdout.write(`${name}\t${version}\t${licence}\n`);
const refused = found.filter(({ isAllowed }) => !isAllowed);
for (const { name, licence } of refused) {
  process.stderr.write(
    `licences: ${name} has '${licence}', which is not on the list (scripts/supply-chain/licences.ts)\n`,
  );
}
if (refused.length === 0) process.stderr.write(`licences: ${found.length} packages, each with a licence on the list\n`);
process.exitCode = refused.length === 0 ? 0 : 1;
