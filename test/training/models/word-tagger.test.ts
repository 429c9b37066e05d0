import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import {
  constant,
  float32,
  gradientGraph,
  interpret,
  mul,
  ndArray,
  reduceSum,
  trace,
  type Graph,
  type NdArray,
} from '../../../training/engine/index.ts';
import { createDropoutSource } from '../../../training/nn/dropout.ts';
import { createWordTagger } from '../../../training/models/word-tagger.ts';
import { expectClose } from '../../support/close.ts';
import { randomArray, slopes, type Feeds } from '../../support/engine.ts';
import { tinyCorpus, tinyModelSettings, tinyVectors, untrainedTagger } from '../../support/tiny-training.ts';
import { tolerance } from '../../support/tolerance.ts';

const still = { inputDropout: 0, hiddenDropout: 0, outputDropout: 0, wordDropout: 0, featureDropout: 0 };
const settings = { ...tinyModelSettings, ...still };
const { model, encoder, labels } = untrainedTagger(settings, tinyVectors);
const L = labels.labels.length;
const words = ['Ada', 'loves', '#Paris', 'New', 'Yorkers'];

const rng = createRng(1, 'weights');
const parameters: Feeds = Object.fromEntries(
  model.parameters.map(({ name, shape }) => {
    const drawn = randomArray(rng, shape);
    return [name, { ...drawn, data: drawn.data.map((x) => Math.fround(x / 2)) }];
  }),
);
const { tables } = encoder.settings;

/** The tables as the model stacks them: neighbours of one width in one matrix. */
const groups = [
  { name: 'embeddings.word', tables: tables.slice(0, 1) },
  { name: 'embeddings.prefix3', tables: tables.slice(1) },
];

/** The parameters with row 0 of each table zero, as it is from the first step to the last. */
const trained: Feeds = {
  ...parameters,
  ...Object.fromEntries(
    groups.map((group) => {
      const array = parameters[group.name]!;
      const data = array.data.slice();
      const { width } = group.tables[0]!;
      for (const row of firstRows(group)) data.fill(0, row * width, (row + 1) * width);
      return [group.name, { ...array, data }];
    }),
  ),
};

function firstRows(group: (typeof groups)[number]): number[] {
  return group.tables.map((_, i) => group.tables.slice(0, i).reduce((sum, { rows }) => sum + rows.length + 1, 0));
}

function batchFeeds(sentences: readonly (readonly string[])[], paddedLength: number): Feeds {
  const batch = Object.entries(encoder.encode(sentences, paddedLength));
  return Object.fromEntries(
    batch.map(([name, { dtype, dims, data }]) => [
      name,
      ndArray(dtype as NdArray['dtype'], dims, Float64Array.from(data as Float32Array)),
    ]),
  );
}

const types = Object.fromEntries(model.parameters.map(({ name, shape }) => [name, float32(...shape)]));

/** Emissions of serving, and as training computes them with these settings. */
function emissionsGraph(changes: Partial<typeof settings> = {}): Graph {
  const tagger = createWordTagger({ settings: { ...settings, ...changes }, encoder, labels: L, crf: true });
  return trace('tagger', { ...types, ...model.inputs, step: float32() }, (x) => ({
    serving: tagger.emissions(x, x),
    training: tagger.emissions(x, x, createDropoutSource(1, x.step)),
  }));
}

const step = ndArray('float32', [], [3]);

/** x W + b, and the larger of the two halves of it. */
function maxout(x: readonly number[], name: string): number[] {
  const pieces = affine(x, name);
  const half = pieces.length / 2;
  return Array.from({ length: half }, (_, i) => Math.max(pieces[i]!, pieces[half + i]!));
}

function affine(x: readonly number[], name: string): number[] {
  const { data } = trained[`${name}.weight`]!;
  const bias = trained[`${name}.bias`]!.data;
  expect(data.length).toBe(x.length * bias.length);
  return Array.from(bias, (start, o) => x.reduce((sum, value, i) => sum + value * data[i * bias.length + o]!, start));
}

function normalise(x: readonly number[], name: string): number[] {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  const [weight, bias] = [trained[`${name}.weight`]!.data, trained[`${name}.bias`]!.data];
  return x.map((value, i) => ((value - mean) / Math.sqrt(variance + 1e-5)) * weight[i]! + bias[i]!);
}

function spelling(ids: readonly number[]): number[] {
  const { data } = trained['characters.embedding']!;
  const width = settings.characterWidth;
  const none = new Array<number>(width).fill(0);
  const rows = [none, ...ids.map((id) => [...data.subarray(id * width, (id + 1) * width)]), none];
  const answers = ids.map((_, at) => affine(rows.slice(at, at + 3).flat(), 'characters.filters'));
  return Array.from({ length: settings.characterFilters }, (_, f) => Math.max(0, ...answers.map((one) => one[f]!)));
}

/** The tagger of one sentence in plain numbers. */
function plainEmissions(): number[] {
  const { ids, characters, flags, vectors } = encoder.encodeSentence(words);
  const { widths } = encoder;
  const own = (array: Int32Array | Float32Array, t: number, width: number): number[] => [
    ...array.subarray(t * width, (t + 1) * width),
  ];
  let x = words.map((_, t) => {
    const rows = own(ids, t, widths.tables);
    const embeddings = groups.flatMap((group) =>
      firstRows(group).flatMap((first) => {
        const { width } = group.tables[0]!;
        const row = first + rows.shift()!;
        return [...trained[group.name]!.data.subarray(row * width, (row + 1) * width)];
      }),
    );
    const characterIds = own(characters, t, widths.characters);
    const seen = [...embeddings, ...spelling(characterIds), ...own(flags, t, widths.flags)];
    return maxout([...seen, ...own(vectors, t, widths.vectors)], 'input');
  });
  const edge = new Array<number>(settings.width).fill(0);
  for (let layer = 0; layer < settings.layers; layer++) {
    const padded = [edge, ...x, edge];
    x = x.map((before, t) => {
      const y = maxout(padded.slice(t, t + 3).flat(), `window.${layer}`);
      return normalise(
        before.map((value, i) => value + y[i]!),
        `window.${layer}.norm`,
      );
    });
  }
  return x.flatMap((one) => affine(one, 'output'));
}

describe('createWordTagger', () => {
  test('emits what its formulas say, in training without dropout as in serving', () => {
    const { ids } = encoder.encodeSentence(words);
    // The sentence has words that training saw and words that it did not.
    expect([...ids].some((id) => id === 0) && [...ids].some((id) => id > 0)).toBe(true);
    const found = interpret(emissionsGraph(), { ...trained, ...batchFeeds([words], 5), step });
    const expected = plainEmissions();
    expect(found['serving']!.shape).toEqual([1, 5, L]);
    expectClose(found['serving']!.data, expected, tolerance.exactFloat64);
    expectClose(found['training']!.data, expected, tolerance.exactFloat64);
  });

  test.each(['inputDropout', 'hiddenDropout', 'outputDropout', 'wordDropout', 'featureDropout'] as const)(
    'uses %s in training and never in serving',
    (name) => {
      const found = interpret(emissionsGraph({ [name]: 0.5 }), { ...trained, ...batchFeeds([words], 5), step });
      expectClose(found['serving']!.data, plainEmissions(), tolerance.exactFloat64);
      const changed = found['training']!.data.filter((x, i) => Math.abs(x - found['serving']!.data[i]!) > 1e-3);
      expect(changed.length).toBeGreaterThan(L);
    },
  );

  test('sees as many words to either side as it has layers, and no padding', () => {
    const sentence = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const graph = emissionsGraph();
    const of = (one: readonly string[], length: number): number[][] => {
      const { data } = interpret(graph, { ...trained, ...batchFeeds([one], length), step })['serving']!;
      return one.map((_, t) => [...data.subarray(t * L, (t + 1) * L)]);
    };
    // Sentence-wide features must stay as they are: another plain letter in place of the middle one.
    const [before, after] = [of(sentence, 7), of(['a', 'b', 'c', 'q', 'e', 'f', 'g'], 7)];
    const changed = before.map((row, t) => row.some((x, i) => x !== after[t]![i]));
    expect(changed).toEqual([false, true, true, true, true, true, false]);
    of(sentence, 11).forEach((row, t) => {
      expectClose(row, before[t]!, tolerance.exactFloat64);
    });
  });

  describe('its gradient', () => {
    const names = Object.keys(parameters).filter((name) => !name.startsWith('crf.'));
    const [batch, length] = [tinyCorpus.slice(0, 3).map((sentence) => sentence.words), 6];
    const tagger = createWordTagger({ settings: tinyModelSettings, encoder, labels: L, crf: true });
    const size = batch.length * length * L;
    const forward = trace(
      'loss',
      {
        ...types,
        ...batchFeeds(batch, length),
        step: float32(),
      },
      (x) => {
        const emissions = tagger.emissions(x, x, createDropoutSource(1, x.step)); // [B, T, L]
        const weights = constant(
          float32(batch.length, length, L),
          Float32Array.from({ length: size }, () => rng.normal()),
        );
        return { loss: reduceSum(mul(emissions, weights)) };
      },
    );
    const graph = gradientGraph(forward, { of: 'loss', wrt: names });
    const feeds = { ...trained, ...batchFeeds(batch, length), step };

    test('is right, dropout included', () => {
      const { computed, measured } = slopes(
        graph,
        feeds,
        names.filter((name) => !name.startsWith('embeddings')),
      );
      expectClose([computed], [measured], tolerance.gradientFloat64);
      const embeddings = slopes(graph, feeds, ['embeddings.word', 'embeddings.prefix3']);
      expectClose([embeddings.computed], [embeddings.measured], tolerance.gradientFloat64);
    });

    test('leaves row 0 of each table alone, for what was never seen, and reaches others', () => {
      const found = interpret(graph, feeds);
      for (const group of groups) {
        const { data } = found[`d_${group.name}`]!;
        const { width } = group.tables[0]!;
        expect(data.some((d) => d !== 0)).toBe(true);
        for (const row of firstRows(group)) {
          expect([...data.subarray(row * width, (row + 1) * width)]).toEqual(new Array<number>(width).fill(0));
        }
      }
    });
  });
});
