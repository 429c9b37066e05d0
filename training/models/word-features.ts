import { CHARACTER_ROWS } from '../../shared/features/characters.ts';
import type { FeatureTable } from '../../shared/features/feature-tables.ts';
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
import type { DropoutSource } from '../nn/dropout.ts';
import { zeros, type ParameterSpec } from '../nn/parameter.ts';
import type { FeatureChoice } from './feature-plan.ts';

/** What a model looks at of each word, and how wide it sees it. */
export interface WordFeaturesSettings extends FeatureChoice {
  /** Width of a character's embedding. */
  readonly characterWidth: number;
  /** Width of what the characters of a word say together. */
  readonly characterFilters: number;
  /** Share of words whose own row is hidden in training, so that the tagger reads context and spelling too. */
  readonly wordDropout: number;
  /** Share of the other hashed features that are hidden in training. */
  readonly featureDropout: number;
}

/** Words as vectors, each for itself. */
export interface WordFeatures {
  readonly parameters: readonly ParameterSpec[];
  /** Features of a batch of words, [B, W, ...]. */
  readonly inputs: Readonly<Record<string, TensorType>>;
  /** Width of a word's vector. */
  readonly width: number;
  /** [B, W, width]; with a dropout source as in training. */
  readonly embed: (p: Tensors, inputs: Tensors, source?: DropoutSource) => Tensor;
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
 * Hashed features, characters and, where there are some, pre-trained vectors of each word, side by side:
 * [embeddings; characters; flags; vectors].
 *
 * Shapes: ids int32 [B, W, tables], characters int32 [B, W, C], flags [B, W, F], vectors [B, W, D].
 *
 * @param axis what the inputs call the axis of words
 */
export function createWordFeatures(
  settings: WordFeaturesSettings,
  encoder: { readonly settings: EncoderSettings; readonly widths: InputWidths },
  axis: string,
): WordFeatures {
  const groups = groupTables(encoder.settings.tables);
  const { widths } = encoder;
  const embedded = encoder.settings.tables.reduce((sum, table) => sum + table.width, 0);
  return {
    parameters: [
      ...groups.map(groupParameter),
      ...characterCnnParameters('characters', {
        rows: CHARACTER_ROWS,
        width: settings.characterWidth,
        filters: settings.characterFilters,
      }),
    ],
    inputs: {
      ids: int32('B', axis, widths.tables),
      characters: int32('B', axis, widths.characters),
      flags: float32('B', axis, widths.flags),
      ...(widths.vectors === 0 ? {} : { vectors: float32('B', axis, widths.vectors) }),
    },
    width: embedded + settings.characterFilters + widths.flags + widths.vectors,
    embed: (p, inputs, source) => {
      const embeddings = groups.map((group) => embed(p, { group, settings, ids: inputs['ids']!, source }));
      const spelling = characterCnn(p, 'characters', inputs['characters']!); // [B, W, filters]
      const features = [...embeddings, spelling, inputs['flags']!, ...(inputs['vectors'] ? [inputs['vectors']] : [])];
      return concat(features, -1); // [B, W, width]
    },
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
  readonly settings: WordFeaturesSettings;
  readonly ids: Tensor;
  readonly source: DropoutSource | undefined;
}

/** The embeddings of a group's features side by side, [B, W, tables * width]. */
function embed(p: Tensors, { group, settings, ids, source }: Embedding): Tensor {
  const { tables, from, width } = group;
  const count = tables.length;
  const own = slice(ids, 2, [from, from + count]); // [B, W, count]
  const firstRows = tables.map((_, i) => tables.slice(0, i).reduce((sum, table) => sum + rowsOf(table), 0));
  const rows = gather(p[group.name]!, add(own, constant(int32(count), firstRows))); // [B, W, count, width]
  const [batch, time] = ids.shape;
  if (source === undefined) return reshape(rows, [batch!, time!, count * width]); // [B, W, count * width]
  // Row 0 is masked in training so that it has no gradient and stays zero.
  const seen = cast(greater(own, 0), 'float32'); // [B, W, count]
  const rate = tables[0]!.feature === 'word' ? settings.wordDropout : settings.featureDropout;
  const visible = unsqueeze(mul(seen, keepMask(seen.shape, rate, source.next())), -1); // [B, W, count, 1]
  return reshape(mul(rows, visible), [batch!, time!, count * width]); // [B, W, count * width]
}
