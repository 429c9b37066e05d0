import type { Comparison, PromotionGate } from '../../shared/contracts/promotion.ts';

/** Whether a candidate may take the champion's place, and in words why. */
export interface Judgement {
  readonly passes: boolean;
  readonly reason: string;
}

/** Every condition of the gate has to hold; the reason names all those that do not. */
export function judge(comparison: Comparison, gate: PromotionGate): Judgement {
  const { f1, championF1, difference, interval } = comparison;
  if (championF1 === null || difference === null || interval === null) {
    return { passes: true, reason: `F1 ${share(f1)}, and no model to compare it with` };
  }
  const figures = `F1 ${share(f1)} against ${share(championF1)} (${signed(difference)})`;
  const objections = [
    ...(difference >= gate.minGain ? [] : [`it has to be ${signed(gate.minGain)} at least`]),
    ...(interval.low > gate.minLow
      ? []
      : [`it may be as low as ${signed(interval.low)}, and has to be above ${signed(gate.minLow)}`]),
    ...typesLost(comparison, gate),
  ];
  if (objections.length > 0) return { passes: false, reason: `${figures}: ${objections.join('; ')}` };
  return { passes: true, reason: `${figures}, by the interval no lower than ${signed(interval.low)}` };
}

function typesLost({ types }: Comparison, { maxTypeLoss, minTypeSupport }: PromotionGate): string[] {
  return Object.entries(types)
    .filter(([, { f1, championF1, support }]) => {
      return championF1 !== null && support >= minTypeSupport && championF1 - f1 > maxTypeLoss;
    })
    .map(([type, { f1, championF1 }]) => {
      return `${type} fell from ${share(championF1!)} to ${share(f1)}, by more than ${share(maxTypeLoss)}`;
    });
}

function share(value: number): string {
  return value.toFixed(4);
}

function signed(value: number): string {
  return value < 0 ? share(value) : `+${share(value)}`;
}
