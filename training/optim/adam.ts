import { sub } from '../engine/index.ts';
import { adamChange } from './adam-change.ts';
import { ADAM_MOMENTS, adamMoments } from './adam-moments.ts';
import { withPenalty } from './decay.ts';
import type { OptimizerDef } from './optimizer.ts';
import type { OptimizerSettingsOf } from './optimizer-settings.ts';

/**
 * Adam (Kingma and Ba 2015, https://arxiv.org/abs/1412.6980) as torch.optim.Adam (2.15) defines it, with weight decay as
 * a part of the gradient, so that the moments know it:
 *
 *     g <- g + wd p
 *     m <- b1 m + (1 - b1) g;   v <- b2 v + (1 - b2) g^2
 *     p <- p - lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps)
 *
 * Shapes: parameters, mean, square and gradient alike.
 */
export const adam: OptimizerDef<OptimizerSettingsOf<'adam'>> = {
  moments: () => ADAM_MOMENTS,
  step: (rates, settings) => {
    const { weightDecay } = settings;
    const whole = withPenalty(rates, weightDecay);
    // Without decay the scale is cheaper in the factors of the moments.
    const next = adamMoments(settings, weightDecay === 0 ? rates.gradientScale : undefined);
    const change = adamChange(rates, settings);
    return (x) => {
      const gradient = weightDecay === 0 ? x.gradient : whole(x.parameters, x.gradient);
      const moments = next({ ...x, gradient });
      return { parameters: sub(x.parameters, change(moments)), ...moments };
    };
  },
};
