import type { Head } from '../../shared/contracts/manifest.ts';
import type { ParameterSpec } from '../nn/parameter.ts';
import { parameterViews } from './train-state.ts';

/** The CRF's scores among flat parameters, as decoding takes them. */
export function crfHead(specs: readonly ParameterSpec[], flat: Float32Array): Extract<Head, { kind: 'crf' }> {
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
