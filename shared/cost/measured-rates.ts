/** Tweets a second a core, on which machine, and when: half of what two cores did in docs/benchmarks.md. */
export interface MeasuredRate {
  readonly tweetsPerSecond: number;
  readonly machine: string;
  readonly date: string;
}

const MACHINE = 'a core of an AMD EPYC (Zen 5), x86; a vCPU of Lambda is half of one, and none of arm64 was measured';

/** By the kind of tagger: a word-level or distilled one as models/starter, and MiniLM-L6 in int8. */
export const MEASURED_RATES = {
  distilled: { tweetsPerSecond: 2_700, machine: MACHINE, date: '2026-11-28' },
  encoder: { tweetsPerSecond: 250, machine: MACHINE, date: '2026-11-28' },
} as const satisfies Record<string, MeasuredRate>;

export type TaggerKind = keyof typeof MEASURED_RATES;
export const TAGGER_KINDS = Object.keys(MEASURED_RATES) as TaggerKind[];
