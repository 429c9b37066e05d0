import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  createEarlyStopping,
  earlyStoppingSchema,
  earlyStoppingStateSchema,
  type EarlyStopping,
  type EarlyStoppingSettings,
} from '../../../training/train/early-stopping.ts';
import { expectFails } from '../../support/expect-fails.ts';

interface Run {
  readonly settings: EarlyStoppingSettings;
  readonly values: readonly number[];
  /** An epoch: stop, wait, best. */
  readonly rows: readonly (readonly [boolean, number, number | null])[];
  readonly restored: number;
}

const golden = JSON.parse(readFileSync(new URL('../../golden/early-stopping.json', import.meta.url), 'utf8')) as {
  readonly runs: readonly Run[];
};

const keras = { monitor: 'dev.loss', mode: 'min', patience: 2, restoreBestWeights: true } as const;
const parse = (settings: unknown): EarlyStoppingSettings => earlyStoppingSchema.parse(settings);

/** One line an epoch up to the stop: `improved`, `keep`, `stop` by their first letters; then what is put back. */
function trace(stopping: EarlyStopping, values: readonly (number | undefined)[]): string {
  const lines: string[] = [];
  for (const [i, value] of values.entries()) {
    const { improved, keep, stop } = stopping.epochEnd(i + 1, value);
    lines.push(`${improved ? 'i' : '-'}${keep ? 'k' : '-'}${stop ? 's' : '-'}`);
    if (stop) break;
  }
  return `${lines.join(' ')} -> ${stopping.restoreEpoch() ?? 'last'}`;
}

describe('createEarlyStopping', () => {
  test('has as many golden runs of each library', () => {
    expect(Object.values(Object.groupBy(golden.runs, (run) => run.settings.kind)).map((runs) => runs.length)).toEqual([
      80, 80, 80,
    ]);
  });

  test.each(golden.runs.map((run, number) => ({ number, kind: run.settings.kind, run })))(
    'does what $kind does in golden run $number',
    ({ run: { settings, values, rows, restored } }) => {
      const stopping = createEarlyStopping(parse(settings));
      const found = rows.map((_, i) => {
        const { stop } = stopping.epochEnd(i + 1, values[i]);
        const { wait, best } = stopping.state();
        return [stop, wait, best];
      });
      expect(found).toEqual(rows);
      expect(stopping.restoreEpoch() ?? 0).toBe(restored);
    },
  );

  // By hand from the rules; each row shows one of them.
  const rows: readonly (readonly [string, unknown, readonly (number | undefined)[], string])[] = [
    [
      'stops when the patience is over and puts the best epoch back',
      { kind: 'keras-2', ...keras },
      [0.5, 0.4, 0.6, 0.4, 0.1],
      'ik- ik- --- --s -> 2',
    ],
    [
      'of Keras 2 keeps the last weights of a run that was not stopped',
      { kind: 'keras-2', ...keras },
      [0.5, 0.4, 0.6],
      'ik- ik- --- -> last',
    ],
    [
      'of Keras 3 puts the best weights back at any end',
      { kind: 'keras-3', ...keras },
      [0.5, 0.4, 0.6],
      'ik- ik- --- -> 2',
    ],
    [
      'keeps no weights unless asked to',
      { kind: 'keras-3', ...keras, restoreBestWeights: false },
      [0.5, 0.4, 0.6],
      'i-- i-- --- -> last',
    ],
    [
      'never stops after the first epoch, even without patience',
      { kind: 'keras-2', ...keras, patience: 0, minDelta: 0 },
      [0.5, 0.5],
      'ik- --s -> 1',
    ],
    [
      'takes a change of exactly the least change for none',
      { kind: 'keras-3', ...keras, minDelta: 0.25, patience: 1 },
      [1, 0.75],
      'ik- --s -> 1',
    ],
    [
      'turns the sign of the least change with the direction',
      { kind: 'keras-3', ...keras, mode: 'max', minDelta: 0.25, patience: 1 },
      [0, 0.5, 0.75],
      'ik- ik- --s -> 2',
    ],
    [
      'passes over the epochs before the start',
      { kind: 'keras-3', ...keras, startFromEpoch: 2, patience: 1 },
      [0.1, 0.2, 0.5, 0.6],
      '--- --- ik- --s -> 3',
    ],
    [
      'waits on while a better figure is not better than the baseline',
      { kind: 'keras-3', ...keras, baseline: 0.2 },
      [0.5, 0.4, 0.45],
      'ik- ik- --s -> 2',
    ],
    [
      'passes over an epoch without a figure',
      { kind: 'keras-3', ...keras, patience: 1 },
      [0.5, undefined, 0.6],
      'ik- --- --s -> 1',
    ],
    [
      'of transformers counts an improvement within the threshold against the patience, but keeps its weights',
      { kind: 'hugging-face', monitor: 'dev.f1', patience: 2, threshold: 0.1 },
      [0.5, 0.55, 0.6, 0.9],
      'ik- -k- -ks -> 3',
    ],
    [
      'of transformers puts the best weights back at any end',
      { kind: 'hugging-face', monitor: 'dev.f1', patience: 2 },
      [0.5, 0.4],
      'ik- --- -> 1',
    ],
  ];
  test.each(rows)('%s', (_, settings, values, expected) => {
    expect(trace(createEarlyStopping(parse(settings)), values)).toBe(expected);
  });

  test('goes on from its state, by way of JSON, as if it had never been away', () => {
    for (const { settings, values } of golden.runs) {
      const whole = createEarlyStopping(parse(settings));
      let state = createEarlyStopping(parse(settings)).state();
      for (const [i, value] of values.entries()) {
        const again = createEarlyStopping(
          parse(settings),
          earlyStoppingStateSchema.parse(JSON.parse(JSON.stringify(state))),
        );
        expect(again.epochEnd(i + 1, value)).toEqual(whole.epochEnd(i + 1, value));
        expect(again.restoreEpoch()).toBe(whole.restoreEpoch());
        state = again.state();
      }
    }
  });

  test.each([
    ['keras-2', 'val_auc', [0.5, 0.6], true],
    ['keras-2', 'perplexity', [0.5, 0.6], false],
    ['keras-3', 'dev.accuracy', [0.5, 0.6], true],
    ['keras-3', 'dev.loss', [0.5, 0.6], false],
    ['hugging-face', 'perplexity', [0.5, 0.6], true],
    ['hugging-face', 'dev.loss', [0.5, 0.6], false],
  ] as const)('of %s takes %s for a figure that is to rise or to fall', (kind, monitor, [first, second], rises) => {
    const stopping = createEarlyStopping(parse({ kind, monitor }));
    stopping.epochEnd(1, first);
    expect(stopping.epochEnd(2, second).improved).toBe(rises);
  });

  test.each([
    ['keras-2', 'dev.f1'],
    ['keras-3', 'perplexity'],
  ] as const)('fails when the auto of %s would guess at %s', (kind, monitor) => {
    expectFails(() => createEarlyStopping(parse({ kind, monitor })), 'E_USAGE', `whether '${monitor}' is to fall`);
    expect(createEarlyStopping(parse({ kind, monitor, mode: 'max' })).state().best).toBeNull();
  });

  test('fails when the figure is not a number, naming figure and epoch', () => {
    const stopping = createEarlyStopping(parse({ kind: 'keras-3', monitor: 'dev.loss' }));
    expectFails(() => stopping.epochEnd(3, NaN), 'E_TRAINING_DIVERGED', 'dev.loss of epoch 3 is NaN');
  });
});

describe('earlyStoppingSchema', () => {
  test('has the defaults of the libraries', () => {
    const kerasDefaults = { mode: 'auto', patience: 0, minDelta: 0, startFromEpoch: 0, restoreBestWeights: false };
    expect(parse({ kind: 'keras-2', monitor: 'loss' })).toEqual({ kind: 'keras-2', monitor: 'loss', ...kerasDefaults });
    expect(parse({ kind: 'hugging-face', monitor: 'loss' })).toEqual({
      ...{ kind: 'hugging-face', monitor: 'loss', mode: 'auto', patience: 1, threshold: 0 },
    });
  });

  test.each([
    ['a rule there is not', { kind: 'keras-4', monitor: 'loss' }],
    ['a negative patience', { kind: 'keras-3', monitor: 'loss', patience: -1 }],
    ['a setting of another library', { kind: 'hugging-face', monitor: 'loss', minDelta: 0.1 }],
    ['no figure to watch', { kind: 'keras-3' }],
  ])('refuses %s', (_, settings) => {
    expect(earlyStoppingSchema.safeParse(settings).success).toBe(false);
  });
});
