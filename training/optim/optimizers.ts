import { adam } from './adam.ts';
import { adamW } from './adamw.ts';
import { kerasAdam } from './keras-adam.ts';
import type { OptimizerDef, Update, UpdateRates } from './optimizer.ts';
import type { OptimizerName, OptimizerSettingsOf } from './optimizer-settings.ts';
import { sgd } from './sgd.ts';

type OptimizerTable = { readonly [Name in OptimizerName]: OptimizerDef<OptimizerSettingsOf<Name>> };

export const optimizers: OptimizerTable = { adam, adamw: adamW, 'keras-adam': kerasAdam, sgd };

/** Names of the moments of the optimiser that the settings name. */
export function momentsOf<Name extends OptimizerName>(
  settings: OptimizerSettingsOf<Name> & { name: Name },
): readonly string[] {
  return optimizers[settings.name].moments(settings);
}

/** The update of one step by the optimiser that the settings name. */
export function updateOf<Name extends OptimizerName>(
  settings: OptimizerSettingsOf<Name> & { name: Name },
  rates: UpdateRates,
  weightDecay: number,
): Update {
  return optimizers[settings.name].step(rates, { ...settings, weightDecay });
}
