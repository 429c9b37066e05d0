// `npm run licences`: what the product is passed on with, by licence. Fails for one that nobody has allowed.
import { licenceList } from './licence-list.ts';
import { readLock } from './lock.ts';

const list = licenceList(readLock());
for (const { licence, packages } of list) process.stdout.write(`${licence}\n  ${packages.join('\n  ')}\n\n`);
const refused = list.filter(({ allowed }) => !allowed);
for (const { licence, packages } of refused) {
  process.stderr.write(`licences: ${licence} is not allowed, got it from ${packages.join(', ')}.\n`);
}
process.exitCode = refused.length === 0 ? 0 : 1;
