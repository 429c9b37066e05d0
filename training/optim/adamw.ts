import { sub } from '../engine/index.ts';
import { adamChange } from './adam-change.ts';
import { ADAM_MOMENTS, adamMoments } from './adam-moments.ts';
import { decay } from './decay.ts';
import type { OptimizerDef } from './optimizer.ts';
import type { OptimizerSettingsOf } from './optimizer-settings.ts';

/**
 * AdamW (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101) as torch.optim.AdamW (2.15) defines it:
 *
 *     p <- p (1 - lr wd)
 *     m <- b1 m + (1 - b1) g;   v <- b2 v + (1 - b2) g^2
 *     p <- p - lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps)
 *
 * Shapes: parameters, mean, square and gradient alike.
 */
export const adamW: OptimizerDef<OptimizerSettingsOf<'adamw'>> = {
  moments: () => ADAM_MOMENTS,
  step: (rates, settings) => {
    const next = adamMoments(settings, rates.gradientScale);
    const kept = decay(rates, settings.weightDecay);
    const change = adamChange(rates, settings);
    return (x) => {
      const moments = next(x);
      return { parameters: sub(kept(x.parameters), change(moments)), ...moments };
    };
  },
};
