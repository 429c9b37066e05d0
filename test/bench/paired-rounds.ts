import { median, type Samples } from './figure.ts';

/** Runs everybody once a round, in turn forwards and backwards, so that a machine that slows down favours nobody. */
export async function pairedRounds<N extends string>(
  rounds: number,
  contenders: Readonly<Record<N, () => Promise<Samples>>>,
): Promise<Readonly<Record<N, readonly Samples[]>>> {
  const names = Object.keys(contenders) as N[];
  const found = Object.fromEntries(names.map((name): [N, Samples[]] => [name, []])) as Record<N, Samples[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) found[name].push(await contenders[name]());
  }
  return found;
}

/** Of each round, how many times as great a quantity is with `above` as with `below`: medians against each other. */
export function roundRatios(above: readonly Samples[], below: readonly Samples[], quantity: string): readonly number[] {
  return above.map((samples, round) => median(samples[quantity]!) / median(below[round]![quantity]!));
}

/** All values of a quantity. */
export function valuesOf(rounds: readonly Samples[], quantity: string): readonly number[] {
  return rounds.flatMap((samples) => samples[quantity] ?? []);
}
