import { add, mul, sub } from '../engine/index.ts';
import { withPenalty } from './decay.ts';
import type { OptimizerDef } from './optimizer.ts';
import type { OptimizerSettingsOf } from './optimizer-settings.ts';

/**
 * Stochastic gradient descent with momentum as torch.optim.SGD (2.15) defines it, without dampening:
 *
 *     g <- g + wd p
 *     b <- mu b + g
 *     p <- p - lr b, or with Nesterov's momentum (Sutskever et al. 2013) p - lr (g + mu b)
 *
 * Without momentum it remembers nothing. Shapes: parameters, velocity and gradient alike.
 */
export const sgd: OptimizerDef<OptimizerSettingsOf<'sgd'>> = {
  moments: ({ momentum }) => (momentum === 0 ? [] : ['velocity']),
  step: (rates, { momentum, nesterov, weightDecay }) => {
    const whole = withPenalty(rates, weightDecay);
    return ({ parameters, gradient, velocity: before }) => {
      const slope = whole(parameters, gradient);
      if (momentum === 0) return { parameters: sub(parameters, mul(slope, rates.learningRate)) };
      const velocity = add(mul(before!, momentum), slope);
      const direction = nesterov ? add(slope, mul(velocity, momentum)) : velocity;
      return { parameters: sub(parameters, mul(direction, rates.learningRate)), velocity };
    };
  },
};
