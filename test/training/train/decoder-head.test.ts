import { describe, expect, test } from 'vitest';
import { ones } from '../../../training/nn/parameter.ts';
import { decoderHead } from '../../../training/train/decoder-head.ts';

describe('decoderHead', () => {
  test('takes the scores out of the flat vector, transitions from row to column', () => {
    const parameters = [
      { name: 'w', shape: [1], init: ones },
      { name: 'crf.start', shape: [2], init: ones },
      { name: 'crf.end', shape: [2], init: ones },
      { name: 'crf.transitions', shape: [2, 2], init: ones },
    ];
    expect(decoderHead(parameters, Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8))).toEqual({
      kind: 'crf',
      start: [1, 2],
      end: [3, 4],
      transitions: [
        [5, 6],
        [7, 8],
      ],
    });
  });

  test('is linear for a model without a CRF', () => {
    expect(decoderHead([{ name: 'w', shape: [1], init: ones }], Float32Array.of(1))).toEqual({ kind: 'linear' });
  });
});
