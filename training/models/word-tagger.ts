import { CHARACTER_ROWS } from '../../shared/features/characters.ts';
import type { FeatureTable } from '../../shared/features/feature-tables.ts';
import { EMISSIONS_OUTPUT } from '../../shared/contracts/manifest.ts';
import type { EncoderSettings, InputWidths } from '../../shared/features/word-encoder.ts';
import {
  add,
  cast,
  concat,
  constant,
  float32,
  gather,
  greater,
  int32,
  keepMask,
  mul,
  reshape,
  slice,
  unsqueeze,
  type Tensor,
  type Tensors,
  type TensorType,
} from '../engine/index.ts';
import { characterCnn, characterCnnParameters } from '../nn/character-cnn.ts';
import { dropout, type DropoutSource } from '../nn/dropout.ts';
import { layerNorm, layerNormParameters } from '../nn/layer-norm.ts';
import { linear, linearParameters } from '../nn/linear.ts';
import { maxout2 } from '../nn/maxout.ts';
import { zeros, type ParameterSpec } from '../nn/parameter.ts';
import { window3 } from '../nn/window.ts';
import { crfParameters } from '../heads/crf.ts';
import type { FeatureChoice } from './feature-plan.ts';
import type { Tagger } from './tagger.ts';

/** Everything about a word-level tagger that is chosen and not learned. */
export interface WordTaggerSettings extends FeatureChoice {
  /** Width of a character's embedding. */
  readonly characterWidth: number;
  /** Width of what the characters of a word say together. */
  readonly characterFilters: number;
  /** Width of the encoder. */
  readonly width: number;
  /** Window layers; each sees one word further to either side. */
  readonly layers: number;
  readonly inputDropout: number;
  readonly hiddenDropout: number;
  readonly outputDropout: number;
  /** Share of words whose own row is hidden in training, so that the tagger reads context and spelling too. */
  readonly wordDropout: number;
  /** Share of the other hashed features that are hidden in training. */
  readonly featureDropout: number;
}

/** Tables of one width, stacked in one matrix so that one Gather reads them all. */
interface TableGroup {
  readonly name: string;
  readonly width: number;
  readonly tables: readonly FeatureTable[];
  /** Place of the first of them among all tables. */
  readonly from: number;
}

/**
 * The word-level tagger: hashed features, characters and, where there are some, pre-trained vectors of each word; a maxout
 * layer; residual window layers; a score for each label.
 *
 *     x_0 = maxout(W [embeddings; characters; flags; vectors] + b)
 *     x_i = LayerNorm(x + maxout(W_i [x_{t-1}; x_t; x_{t+1}] + b_i)),   emissions = W_o x + b_o
 *
 * The encoder is that of spaCy's MaxoutWindowEncoder (spaCy 3.8, ml/models/tok2vec.py) over features of our own.
 *
 * Shapes: ids int32 [B, T, tables], characters int32 [B, T, C], flags [B, T, F], vectors [B, T, D], mask [B, T];
 * emissions [B, T, L].
 */
export function createWordTagger(
  settings: WordTaggerSettings,
  encoder: { readonly settings: EncoderSettings; readonly widths: InputWidths },
  labels: number,
): Tagger {
  const groups = groupTables(encoder.settings.tables);
  const { widths } = encoder;
  const embedded = encoder.settings.tables.reduce((sum, table) => sum + table.width, 0);
  const nIn = embedded + settings.characterFilters + widths.flags + widths.vectors;
  const layerNames = Array.from({ length: settings.layers }, (_, i) => `window.${i}`);
  const { width } = settings;
  const inputs = {
    ids: int32('B', 'T', widths.tables),
    characters: int32('B', 'T', widths.characters),
    flags: float32('B', 'T', widths.flags),
    ...(widths.vectors === 0 ? {} : { vectors: float32('B', 'T', widths.vectors) }),
    mask: float32('B', 'T'),
  };
  const emissions: Tagger['emissions'] = (p, inputs, source) => {
    const embeddings = groups.map((group) => embed(p, { group, settings, ids: inputs['ids']!, source }));
    const spelling = characterCnn(p, 'characters', inputs['characters']!); // [B, T, filters]
    const features = [...embeddings, spelling, inputs['flags']!, ...(inputs['vectors'] ? [inputs['vectors']] : [])];
    const dropped = dropout(concat(features, -1), settings.inputDropout, source); // [B, T, nIn]
    const mask = unsqueeze(inputs['mask']!, -1); // [B, T, 1]
    let x = maxout2(linear(p, 'input', dropped)); // [B, T, H]
    for (const name of layerNames) {
      const visible = mul(dropout(x, settings.hiddenDropout, source), mask); // [B, T, H], padding is zero
      const y = maxout2(linear(p, name, window3(visible))); // [B, T, H]
      x = layerNorm(p, `${name}.norm`, add(x, y)); // [B, T, H]
    }
    return linear(p, 'output', dropout(x, settings.outputDropout, source)); // [B, T, L]
  };
  return {
    parameters: [
      ...groups.map(groupParameter),
      ...characterCnnParameters('characters', {
        rows: CHARACTER_ROWS,
        width: settings.characterWidth,
        filters: settings.characterFilters,
      }),
      ...linearParameters('input', nIn, 2 * width),
      ...layerNames.flatMap((name) => [
        ...linearParameters(name, 3 * width, 2 * width),
        ...layerNormParameters(`${name}.norm`, width),
      ]),
      ...linearParameters('output', width, labels),
      ...crfParameters(labels),
    ],
    inputs,
    positions: 'T',
    emissions,
    serving: { inputs, output: EMISSIONS_OUTPUT, scores: emissions },
  };
}

function groupTables(tables: readonly FeatureTable[]): readonly TableGroup[] {
  const groups: TableGroup[] = [];
  tables.forEach((table, i) => {
    const last = groups.at(-1);
    if (last?.width === table.width) groups[groups.length - 1] = { ...last, tables: [...last.tables, table] };
    else groups.push({ name: `embeddings.${table.feature}`, width: table.width, tables: [table], from: i });
  });
  return groups;
}

/** Row 0 of each table, for what training never saw, and one row per bucket seen. */
function rowsOf(table: FeatureTable): number {
  return table.rows.length + 1;
}

function groupParameter({ name, width, tables }: TableGroup): ParameterSpec {
  const rows = tables.reduce((sum, table) => sum + rowsOf(table), 0);
  // Zero, so that a feature says nothing until it has been learned; the layer above breaks the symmetry.
  return { name, shape: [rows, width], init: zeros };
}

interface Embedding {
  readonly group: TableGroup;
  readonly settings: WordTaggerSettings;
  readonly ids: Tensor;
  readonly source: DropoutSource | undefined;
}

/** The embeddings of a group's features side by side, [B, T, tables * width]. */
function embed(p: Tensors, { group, settings, ids, source }: Embedding): Tensor {
  const { tables, from, width } = group;
  const count = tables.length;
  const own = slice(ids, 2, [from, from + count]); // [B, T, count]
  const firstRows = tables.map((_, i) => tables.slice(0, i).reduce((sum, table) => sum + rowsOf(table), 0));
  const rows = gather(p[group.name]!, add(own, constant(int32(count), firstRows))); // [B, T, count, width]
  const [batch, time] = ids.shape;
  if (source === undefined) return reshape(rows, [batch!, time!, count * width]); // [B, T, count * width]
  // Row 0 is masked in training so that it has no gradient and stays zero.
  const seen = cast(greater(own, 0), 'float32'); // [B, T, count]
  const rate = tables[0]!.feature === 'word' ? settings.wordDropout : settings.featureDropout;
  const visible = unsqueeze(mul(seen, keepMask(seen.shape, rate, source.next())), -1); // [B, T, count, 1]
  return reshape(mul(rows, visible), [batch!, time!, count * width]); // [B, T, count * width]
}
