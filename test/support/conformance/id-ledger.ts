import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IdLedger } from '../../../shared/ledger/id-ledger.ts';

/** A ledger and its time. */
export interface LedgerUnderTest {
  readonly ledger: IdLedger;
  readonly now: () => Date;
  readonly advance: (ms: number) => Promise<void>;
}

const ids = fc.uniqueArray(fc.constantFrom('1', '2', '3', '01', 'a', 'a1', 'a:1', 'a:2', '', 'é', '😀9'), {
  maxLength: 6,
});

/** What every IdLedger does. `make` gives an empty one; it is called inside tests. */
export function idLedgerConformance(name: string, make: () => Promise<LedgerUnderTest>): void {
  describe(`${name} as an id ledger`, () => {
    test('gives each id to the first owner that claims it, in the order asked', async () => {
      const { ledger } = await make();
      expect(await ledger.claim(['3', '1', '2'], 'A')).toEqual(['3', '1', '2']);
      expect(await ledger.claim(['4', '2', '5'], 'B')).toEqual(['4', '5']);
      expect(await ledger.claim([], 'B')).toEqual([]);
    });

    test('gives an owner the same ids however often it claims them', async () => {
      const { ledger } = await make();
      await ledger.claim(['1'], 'A');
      expect(await ledger.claim(['1', '2'], 'B')).toEqual(['2']);
      expect(await ledger.claim(['1', '2'], 'B')).toEqual(['2']);
      expect(await ledger.claim(['1', '2'], 'A')).toEqual(['1']);
    });

    test('takes the claims of several owners in their order', async () => {
      const { ledger } = await make();
      await ledger.claim(['9'], 'Z');
      const claims = [
        { ids: ['1', '2'], owner: 'A' },
        { ids: [], owner: 'B' },
        { ids: ['2', '9', '3'], owner: 'C' },
      ];
      expect(await ledger.claimAll(claims)).toEqual([['1', '2'], [], ['3']]);
      expect(await ledger.claimAll(claims)).toEqual([['1', '2'], [], ['3']]);
      expect(await ledger.claimAll([])).toEqual([]);
    });

    test('gives up the ids of the owner that is named, and those of no other', async () => {
      const { ledger } = await make();
      await ledger.claim(['1', 'x'], 'A');
      await ledger.claim(['2'], 'B');
      await ledger.release(['1', '2', '3'], 'A');
      await ledger.release(['x'], 'nobody');
      expect(await ledger.claim(['1', '2', '3', 'x'], 'C')).toEqual(['1', '3']);
    });

    test('agrees with a map in memory', async () => {
      const claims = fc.array(fc.tuple(ids, fc.constantFrom('A', 'B', 'C')), { maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(claims, async (all) => {
          const { ledger } = await make();
          const owners = new Map<string, string>();
          for (const [wanted, owner] of all) {
            for (const id of wanted) if (!owners.has(id)) owners.set(id, owner);
            expect(await ledger.claim(wanted, owner)).toEqual(wanted.filter((id) => owners.get(id) === owner));
          }
        }),
        { numRuns: 25 },
      );
    });

    test('gives each id to one of the owners that claim at the same time', async () => {
      const { ledger } = await make();
      const wanted = Array.from({ length: 50 }, (_, i) => `tweet:${i}`);
      const won = await Promise.all(['A', 'B', 'C'].map((owner) => ledger.claim(wanted, owner)));
      expect(won.flat().sort()).toEqual([...wanted].sort());
    });

    test('forgets claims before a time, and keeps those of owners that came back since', async () => {
      const { ledger, now, advance } = await make();
      await ledger.claim(['1', 'x'], 'old');
      await ledger.claim(['2', 'y'], 'returned');
      await advance(1_000);
      const bound = now();
      await ledger.claim(['2'], 'returned');
      await ledger.claim(['3'], 'young');
      expect(await ledger.prune(bound)).toBe(2);
      expect(await ledger.claim(['1', '2', '3', 'x', 'y'], 'new')).toEqual(['1', 'x']);
      expect(await ledger.prune(bound)).toBe(0);
    });
  });
}
