import { z } from 'zod';
import { NerError } from '../../../shared/ner-error.ts';
import {
  inCodePoints,
  isSameText,
  rangeIn,
  spansIn,
  type AnnotatedText,
  type OffsetUnit,
  type RawSpan,
} from './annotated-text.ts';
import type { AnnotationFormat, AnnotationSource, ReadOptions, WriteOptions } from './annotation-format.ts';
import { jsonItems, parseItem } from './json-items.ts';
import { wordsFrom, wordsSchema } from './word-ranges.ts';

/** Names of the tags in the labelling configuration of docs/annotation.md. */
const FROM_NAME = 'label';
const TO_NAME = 'text';

const regionSchema = z.object({
  type: z.string(),
  value: z.looseObject({}),
});

const labelsSchema = z.object({
  start: z.int(),
  end: z.int(),
  text: z.string().optional(),
  labels: z.array(z.string()).default([]),
});

const annotationSchema = z.object({
  result: z.array(regionSchema).default([]),
  was_cancelled: z.boolean().nullish(),
  ground_truth: z.boolean().nullish(),
});

const taskSchema = z.object({
  id: z.union([z.string(), z.int()]).optional(),
  data: z.looseObject({
    text: z.string(),
    id: z.union([z.string(), z.int()]).optional(),
    words: wordsSchema.optional(),
  }),
  annotations: z.array(annotationSchema).optional(),
});
type Task = z.output<typeof taskSchema>;

const EXPECTED =
  'a task of a JSON export of Label Studio: data.text, annotations[].result[] with start, end and labels';

/**
 * Label Studio's tasks, as its JSON export has them and its import takes them.
 *
 * Offsets are code points: `charsToCodePoints` in web/libs/editor/src/utils/selection-tools.js of HumanSignal/label-studio
 * says so and does so ("string to array conversion splits string into code points array"), and its end-to-end test "Should
 * calculate offsets by code points in text" keeps it. Versions before October 2021 (frontend pull request 308) wrote UTF-16
 * units, so where a region says which text it covers, that decides.
 */
export const labelStudio: AnnotationFormat = {
  description: 'Label Studio: a JSON array of tasks',
  read: readTasks,
  write: writeTasks,
};

async function* readTasks(source: AnnotationSource, options: ReadOptions): AsyncGenerator<AnnotatedText> {
  for await (const item of jsonItems(source, 'task')) {
    const task = parseItem(taskSchema, item, EXPECTED);
    const { place } = item;
    const annotation = chosenAnnotation(task, options);
    if (annotation === undefined) continue;
    const { text, id = task.id, words } = task.data;
    const raw = annotation.result.flatMap((region, i) => regionSpans(region, `${place}: result[${i}]`, options));
    const unit = unitOf(text, raw);
    if (unit !== 'code points')
      options.note(`${place}: offsets are in UTF-16 units, as old versions wrote them; read as such`);
    const spans = spansIn(text, raw, { unit, place });
    const own = wordsFrom(text, words, place);
    const last = place.slice(place.lastIndexOf(' ') + 1);
    yield { id: String(id ?? last), text, spans, ...(own === undefined ? {} : { words: own }), place };
  }
}

/** The ground truth, else the last that was submitted. */
function chosenAnnotation(
  { annotations = [] }: Task,
  { leaveOut }: ReadOptions,
): NonNullable<Task['annotations']>[number] | undefined {
  if (annotations.length === 0) {
    leaveOut('tasks without an annotation');
    return undefined;
  }
  const submitted = annotations.filter((annotation) => annotation.was_cancelled !== true);
  if (submitted.length === 0) {
    leaveOut('tasks that were skipped');
    return undefined;
  }
  for (let i = 1; i < submitted.length; i++) leaveOut('further annotations of a task');
  return submitted.find((annotation) => annotation.ground_truth === true) ?? submitted.at(-1)!;
}

type Region = NonNullable<Task['annotations']>[number]['result'][number];

function regionSpans({ type, value }: Region, place: string, { leaveOut }: ReadOptions): readonly RawSpan[] {
  if (type !== 'labels') {
    leaveOut(`results of type ${type}`);
    return [];
  }
  const { labels, ...span } = parseItem(labelsSchema, { value, place: `${place}.value` }, 'start, end and labels');
  if (labels.length === 0) {
    leaveOut('regions without a label');
    return [];
  }
  if (labels.length > 1) {
    throw new NerError(
      'E_CORPUS_MALFORMED',
      `${place}: the region has several labels, got ${labels.join(', ')}; expected one. Choose one, or make regions of their own.`,
    );
  }
  return [{ ...span, type: labels[0]! }];
}

/** The unit in which every region covers what it says; code points where both or neither do. */
function unitOf(text: string, raw: readonly RawSpan[]): OffsetUnit {
  const fits = (unit: OffsetUnit): boolean =>
    raw.every((span) => {
      const range = rangeIn(text, span, unit);
      return range !== undefined && isSameText(text.slice(range.start, range.end), span.text ?? '');
    });
  const says = raw.length > 0 && raw.every((span) => span.text !== undefined);
  return says && !fits('code points') && fits('UTF-16 units') ? 'UTF-16 units' : 'code points';
}

async function* writeTasks(texts: AsyncIterable<AnnotatedText>, { as }: WriteOptions): AsyncGenerator<string> {
  let lead = '[\n';
  for await (const item of texts) {
    yield lead + JSON.stringify(taskOf(item, as));
    lead = ',\n';
  }
  yield lead === '[\n' ? '[]\n' : '\n]\n';
}

function taskOf({ id, text, spans, words }: AnnotatedText, as: WriteOptions['as']): object {
  const offsets = inCodePoints(text, spans);
  const result = spans.map(({ type, start, end, score }, i) => ({
    id: `span-${i}`,
    from_name: FROM_NAME,
    to_name: TO_NAME,
    type: 'labels',
    ...(score === undefined ? {} : { score }),
    value: { ...offsets[i], text: text.slice(start, end), labels: [type] },
  }));
  const ranges = words === undefined ? {} : { words: inCodePoints(text, words).map(({ start, end }) => [start, end]) };
  return {
    data: { id, text, ...ranges },
    [as]: [as === 'annotations' ? { result } : { model_version: 'tagwright', result }],
  };
}
