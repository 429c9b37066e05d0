import { sub } from '../engine/index.ts';
import { kerasAdamChange } from './adam-change.ts';
import { ADAM_MOMENTS, adamMoments } from './adam-moments.ts';
import { decay } from './decay.ts';
import type { OptimizerDef } from './optimizer.ts';
import type { OptimizerSettingsOf } from './optimizer-settings.ts';

/**
 * Adam as Keras defines it (keras 2.15 and 3, optimizers/adam.py; weight decay in optimizers/optimizer.py): epsilon is
 * outside of the bias correction, and 1e-7 by default.
 *
 *     p <- p - lr wd p
 *     m <- m + (1 - b1) (g - m);   v <- v + (1 - b2) (g^2 - v)
 *     p <- p - lr sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + eps)
 *
 * Shapes: parameters, mean, square and gradient alike.
 */
export const kerasAdam: OptimizerDef<OptimizerSettingsOf<'keras-adam'>> = {
  moments: () => ADAM_MOMENTS,
  step: (rates, settings) => {
    const next = adamMoments(settings, rates.gradientScale);
    const kept = decay(rates, settings.weightDecay);
    const change = kerasAdamChange(rates, settings, settings.epsilon);
    return (x) => {
      const moments = next(x);
      return { parameters: sub(kept(x.parameters), change(moments)), ...moments };
    };
  },
};
