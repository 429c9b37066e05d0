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
import { dropout, type DropoutSource } from '../nn/dropout.ts';
import { linear, linearParameters } from '../nn/linear.ts';
import { zeros, type ParameterSpec } from '../nn/parameter.ts';
import { crfParameters } from '../heads/crf.ts';
import { contextEncoders, type ContextEncoderName, type ContextEncoderSettings } from './context-encoder.ts';
import type { FeatureChoice } from './feature-plan.ts';

/** Everything about a word-level tagger that is chosen and not learned. */
export interface WordTaggerSettings extends FeatureChoice, ContextEncoderSettings {
  /** What reads the words in their context. */
  readonly encoder: ContextEncoderName;
  /** Width of a character's embedding. */
  readonly characterWidth: number;
  /** Width of what the characters of a word say together. */
  readonly characterFilters: number;
  readonly inputDropout: number;
  readonly outputDropout: number;
  /** Share of words whose own row is hidden in training, so that the tagger reads context and spelling too. */
  readonly wordDropout: number;
  /** Share of the other hashed features that are hidden in training. */
  readonly featureDropout: number;
}

/** A model as the training program and the exporter take it. */
export interface WordTagger {
  readonly parameters: readonly ParameterSpec[];
  /** Inputs of one batch, [B, T, ...]. */
  readonly inputs: Readonly<Record<string, TensorType>>;
  /** Label scores of each word [B, T, L]; with a dropout source as in training, without as in serving. */
  readonly emissions: (p: Tensors, inputs: Tensors, source?: DropoutSource) => Tensor;
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
 * The word-level tagger: hashed features, characters and, where there are some, pre-trained vectors of each word; an
 * encoder of the words in their context; a score for each label.
 *
 *     x = encode([embeddings; characters; flags; vectors]),   emissions = W_o x + b_o
 *
 * Shapes: ids int32 [B, T, tables], characters int32 [B, T, C], flags [B, T, F], vectors [B, T, D], mask [B, T];
 * emissions [B, T, L].
 */
export function createWordTagger(
  settings: WordTaggerSettings,
  encoder: { readonly settings: EncoderSettings; readonly widths: InputWidths },
  labels: number,
): WordTagger {
  const groups = groupTables(encoder.settings.tables);
  const { widths } = encoder;
  const embedded = encoder.settings.tables.reduce((sum, table) => sum + table.width, 0);
  const nIn = embedded + settings.characterFilters + widths.flags + widths.vectors;
  const context = contextEncoders[settings.encoder];
  return {
    parameters: [
      ...groups.map(groupParameter),
      ...characterCnnParameters('characters', {
        rows: CHARACTER_ROWS,
        width: settings.characterWidth,
        filters: settings.characterFilters,
      }),
      ...context.parameters(nIn, settings),
      ...linearParameters('output', settings.width, labels),
      ...crfParameters(labels),
    ],
    inputs: {
      ids: int32('B', 'T', widths.tables),
      characters: int32('B', 'T', widths.characters),
      flags: float32('B', 'T', widths.flags),
      ...(widths.vectors === 0 ? {} : { vectors: float32('B', 'T', widths.vectors) }),
      mask: float32('B', 'T'),
    },
    emissions: (p, inputs, source) => {
      const embeddings = groups.map((group) => embed(p, { group, settings, ids: inputs['ids']!, source }));
      const spelling = characterCnn(p, 'characters', inputs['characters']!); // [B, T, filters]
      const features = [...embeddings, spelling, inputs['flags']!, ...(inputs['vectors'] ? [inputs['vectors']] : [])];
      const dropped = dropout(concat(features, -1), settings.inputDropout, source); // [B, T, nIn]
      const x = context.encode(p, dropped, { mask: inputs['mask']!, settings, source }); // [B, T, H]
      return linear(p, 'output', dropout(x, settings.outputDropout, source)); // [B, T, L]
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
