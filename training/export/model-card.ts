import type { ManifestDraft } from '../../shared/model/write-bundle.ts';
import { ERROR_KINDS } from '../../shared/evaluation/error-kinds.ts';
import type { ReportData, SplitReport } from '../report/report-data.ts';
import { REPORT_FILES } from '../report/write-report.ts';
import { cardFrontMatter, type CardFacts } from './card-front-matter.ts';
import { markdownTable } from './markdown-table.ts';
import { markdownText } from './markdown-text.ts';

/** What the card says that the manifest does not know. */
export interface CardDetails extends Partial<Omit<CardFacts, 'metrics'>> {
  /** For figures by type, kinds of errors and calibration; the card then points to the page beside it. */
  readonly report?: ReportData | undefined;
  /** Markdown of its own, after the figures: licences, sources, limits. */
  readonly notes?: string | undefined;
}

const DEFAULTS = {
  name: 'Word-level tweet tagger',
  library: 'tagwright',
  tags: ['tagwright', 'named-entity-recognition', 'token-classification', 'onnx'],
  dataset: 'labelled tweets',
} as const;

/** README.md of a bundle: what the model finds, what it was trained on, how well it does. */
export function modelCard(draft: ManifestDraft, { report, notes, ...details }: CardDetails = {}): string {
  const { labels, metrics, recipe, seed, engine, temperature } = draft;
  const facts: CardFacts = { ...DEFAULTS, ...details, metrics };
  const types = labels.filter((label) => label.startsWith('B-')).map((label) => label.slice(2));
  const base = facts.baseModel === undefined ? 'Trained' : `Fine-tuned from ${facts.baseModel}`;
  return [
    cardFrontMatter(facts),
    `# ${markdownText(facts.name)}`,
    '',
    `Finds ${types.map(markdownText).join(', ')} in tweets. ${base} by Tagwright ${engine.tagwright} (onnxruntime ${engine.onnxruntime}), seed ${seed}.`,
    '',
    figuresTable(draft),
    '',
    'Entity figures in per cent, seqeval default mode, scheme BIO, micro average. Everything was chosen on dev; test was measured once.',
    `Scores are calibrated on dev with temperature ${temperature.toFixed(2)}.`,
    '',
    ...(report === undefined ? [] : [...report.splits.flatMap(splitPart), pointer()]),
    ...(notes === undefined ? [] : [notes, '']),
    '## Data',
    '',
    dataTable(draft),
    '',
    '## Settings',
    '',
    '```json',
    JSON.stringify(recipe, null, 2),
    '```',
    '',
  ].join('\n');
}

function figuresTable({ metrics }: ManifestDraft): string {
  return markdownTable(
    ['split', 'entities:', 'precision:', 'recall:', 'F1:', 'F1, 95 % interval', 'token accuracy:'],
    Object.entries(metrics).map(([split, { entity, f1Interval, tokenAccuracy }]) => [
      split,
      String(entity.support),
      percent(entity.precision),
      percent(entity.recall),
      percent(entity.f1),
      `${percent(f1Interval.low)} to ${percent(f1Interval.high)}`,
      percent(tokenAccuracy),
    ]),
  );
}

/** What the report says of one split: types, kinds of errors, calibration. */
function splitPart({ name, evaluation, calibration }: SplitReport): string[] {
  const { perType } = evaluation.entity.default;
  const { counts } = evaluation.errors;
  const types = Object.entries(perType).sort(([, a], [, b]) => b.support - a.support);
  const strict = percent(evaluation.entity.strict.micro.f1);
  const ignored = percent(evaluation.typeIgnored.f1);
  const lines = [
    `## By type, ${markdownText(name)}`,
    '',
    markdownTable(
      ['type', 'entities:', 'precision:', 'recall:', 'F1:'],
      types.map(([type, { support, precision, recall, f1 }]) => [
        type,
        String(support),
        ...[precision, recall, f1].map(percent),
      ]),
    ),
    '',
    `In per cent, seqeval default mode. Micro F1 in strict mode (${evaluation.entity.strict.scheme ?? 'no scheme'}): ${strict}; with types ignored: ${ignored}.`,
    '',
    markdownTable(
      ['kind', 'means', 'entities:'],
      ERROR_KINDS.map(([kind, meaning]) => [kind, meaning, String(counts[kind])]),
    ),
    '',
  ];
  if (calibration === null) return lines;
  const { raw, calibrated } = calibration.entities;
  return [
    ...lines,
    `Expected calibration error of entities, ten bins: ${percent(raw.ece)} as trained, ${percent(calibrated.ece)} calibrated.`,
    '',
  ];
}

function pointer(): string {
  return `More, with errors in context: [${REPORT_FILES.page}](${REPORT_FILES.page}), as data [${REPORT_FILES.data}](${REPORT_FILES.data}).\n`;
}

function dataTable({ data }: ManifestDraft): string {
  return markdownTable(
    ['split', 'sentences:', 'tokens:', 'entities:', 'SHA-256'],
    Object.entries(data).map(([split, { sentences, tokens, entities, sha256 }]) => [
      split,
      ...[sentences, tokens, entities].map(String),
      sha256.slice(0, 16),
    ]),
  );
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
