import type { Head } from '../../shared/contracts/manifest.ts';
import type { ParameterSpec } from '../nn/parameter.ts';
import { parameterViews } from './train-state.ts';

/**
 * How the label scores of a model with these flat parameters become tags: by the scores of its CRF where it has one, else
 * each word for itself.
 */
export function decoderHead(specs: readonly ParameterSpec[], flat: Float32Array): Head {
  if (!specs.some(({ name }) => name === 'crf.start')) return { kind: 'linear' };
  const views = parameterViews(specs, flat);
  const start = Array.from(views.get('crf.start')!.data);
  const transitions = views.get('crf.transitions')!.data; // [L, L] (from, to)
  const labels = start.length;
  return {
    kind: 'crf',
    start,
    end: Array.from(views.get('crf.end')!.data),
    transitions: start.map((_, from) => Array.from(transitions.subarray(from * labels, (from + 1) * labels))),
  };
}
