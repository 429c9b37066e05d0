import type { BackfillCounts } from '../../shared/contracts/backfill.ts';

export const NO_COUNTS: BackfillCounts = { inputs: 0, unreadable: 0, tagged: 0, repeats: 0, quarantined: 0 };

export function addCounts(a: BackfillCounts, b: BackfillCounts): BackfillCounts {
  return {
    inputs: a.inputs + b.inputs,
    unreadable: a.unreadable + b.unreadable,
    tagged: a.tagged + b.tagged,
    repeats: a.repeats + b.repeats,
    quarantined: a.quarantined + b.quarantined,
  };
}
