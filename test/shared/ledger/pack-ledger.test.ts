import { expect, test } from 'vitest';
import { createPackLedger } from '../../../shared/ledger/pack-ledger.ts';

test('gives every owner what it asks for, whoever asked before', async () => {
  const ledger = createPackLedger();
  expect(await ledger.claim(['a', 'b'], 'one')).toEqual(['a', 'b']);
  expect(
    await ledger.claimAll([
      { ids: ['a'], owner: 'one' },
      { ids: ['a', 'c'], owner: 'two' },
    ]),
  ).toEqual([['a'], ['a', 'c']]);
});
