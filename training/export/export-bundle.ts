import { createHash } from 'node:crypto';
import type { GoldenText, Head, Manifest, SplitMetrics } from '../../shared/contracts/manifest.ts';
import { bioConstraints } from '../../shared/decode/constraints.ts';
import { headScores } from '../../shared/decode/head-scores.ts';
import { spansOf } from '../../shared/labels/spans.ts';
import { emit } from '../../shared/model/emitter.ts';
import { createPredictor, type Predictor } from '../../shared/model/predictor.ts';
import { writeBundle, type ManifestDraft } from '../../shared/model/write-bundle.ts';
import { createSession, type Session } from '../../shared/ort/session.ts';
import { onnxruntimeVersion } from '../../shared/ort/version.ts';
import type { Corpus } from '../data/corpus.ts';
import type { Sentence } from '../../shared/corpus/conll.ts';
import type { EvaluationReport } from '../../shared/evaluation/evaluation-report.ts';
import { measureSplit } from '../report/measure-split.ts';
import { reportData } from '../report/report-data.ts';
import type { Appendix } from '../report/appendix.ts';
import type { HistoryEvent, MeasuredSplit, ReportInput } from '../report/report-input.ts';
import { reportFiles } from '../report/write-report.ts';
import { decoderHead } from '../train/decoder-head.ts';
import type { PreparedTagger } from '../train/prepared-tagger.ts';
import { parameterViews } from '../train/train-state.ts';
import { fitTemperature, type GoldChain } from './fit-temperature.ts';
import { halveWeights } from './half-weights.ts';
import { modelCard } from './model-card.ts';
import type { Publication } from './publication.ts';
import { servingGraph } from './serving-graph.ts';

export interface ExportOptions {
  readonly dir: string;
  readonly tagger: PreparedTagger;
  /** The parameters to export, flat. */
  readonly parameters: Float32Array;
  readonly corpus: Corpus;
  /** Every setting of the run, for the manifest. */
  readonly recipe: Readonly<Record<string, unknown>>;
  /** Steps and epochs of the training, for the report's curves. */
  readonly history: readonly HistoryEvent[];
  readonly seed: number;
  readonly version: string;
  readonly threads: number;
  /** For a bundle that will be passed on. */
  readonly publication?: Publication | undefined;
  /** Further parts of the report, from what was measured. */
  readonly appendices?: ((splits: readonly MeasuredSplit[]) => Promise<readonly Appendix[]>) | undefined;
}

export interface Exported {
  readonly manifest: Manifest;
  /** By split: dev, and test where there is one. */
  readonly reports: Readonly<Record<string, EvaluationReport>>;
}

/** Sentences of dev that the temperature is fitted on; a few hundred fix one number well. */
const CALIBRATION_SENTENCES = 400;
const GOLDEN_TEXTS = 5;

/**
 * Writes a trained tagger as a bundle: the serving graph, weights, features, labels, calibrated temperature, figures on
 * dev and test, and golden texts that serving checks itself against. What is measured is the serving graph itself.
 *
 * Test is only measured here, after everything has been chosen.
 *
 * @throws {E_FILE_UNWRITABLE} when the folder cannot be written
 */
export async function exportBundle(options: ExportOptions): Promise<Exported> {
  const { tagger, parameters, corpus, publication } = options;
  const { model, bundle, input } = tagger;
  const labels = [...tagger.labels.labels];
  const full = servingGraph(model, parameters);
  const graph = bundle.halved === true ? halveWeights(full) : full;
  const head = decoderHead(model.parameters, parameters);
  const session = await createSession(graph, { threads: options.threads });
  try {
    const temperature = fitTemperature(await goldChains(session, head, options));
    const manifest = { id: 'export', labels, head, temperature };
    const predictor = createPredictor({ manifest, run: session.run, input });
    const splits = [await measureSplit('dev', corpus.dev, predictor)];
    if (corpus.test !== undefined) splits.push(await measureSplit('test', corpus.test, predictor));
    const reports = Object.fromEntries(splits.map(({ name, evaluation }) => [name, evaluation]));
    const draft: ManifestDraft = {
      engine: { tagwright: options.version, onnxruntime: onnxruntimeVersion },
      labels,
      head,
      features: bundle.features,
      graph: { file: bundle.graphFile, precision: 'fp32' },
      temperature,
      data: dataOf(corpus),
      recipe: { ...options.recipe },
      seed: options.seed,
      metrics: Object.fromEntries(Object.entries(reports).map(([split, report]) => [split, splitMetrics(report)])),
      golden: await goldenTexts(predictor, publication?.golden ?? richTexts(corpus.dev)),
    };
    const report: ReportInput = {
      // The id is a hash of the files, and this is one of them.
      modelId: null,
      manifest: draft,
      splits,
      training: corpus.train.map(({ words, tags }) => ({ words, gold: tags })),
      history: options.history,
      environment: { node: process.version },
      appendices: await options.appendices?.(splits),
    };
    const files = {
      ...bundle.files(parameterViews(model.parameters, parameters), options.recipe),
      ...(publication === undefined ? await reportFiles(report) : {}),
      [bundle.graphFile]: graph,
      'README.md': Buffer.from(
        modelCard(draft, { ...bundle.card, ...(publication ?? { report: reportData(report) }) }),
      ),
    };
    return { manifest: await writeBundle(options.dir, { manifest: draft, files }), reports };
  } finally {
    await session.release();
  }
}

/** The figures of a report that a manifest keeps. */
function splitMetrics(report: EvaluationReport): SplitMetrics {
  return {
    entity: report.entity.default.micro,
    f1Interval: report.f1Interval,
    tokenAccuracy: report.tokenAccuracy,
  };
}

function dataOf(corpus: Corpus): Manifest['data'] {
  const splits = { train: corpus.train, dev: corpus.dev, ...(corpus.test === undefined ? {} : { test: corpus.test }) };
  return Object.fromEntries(
    Object.entries(splits).map(([split, sentences]) => {
      const sha256 = corpus.fingerprints[split as 'train' | 'dev' | 'test'] ?? contentHash(sentences);
      const tokens = sentences.reduce((sum, sentence) => sum + sentence.words.length, 0);
      const entities = sentences.reduce((sum, sentence) => sum + spansOf(sentence.tags).length, 0);
      return [split, { sha256, sentences: sentences.length, tokens, entities }];
    }),
  );
}

/** A held-out dev part has no file of its own: its words and tags stand for it. */
function contentHash(sentences: readonly Sentence[]): string {
  const hash = createHash('sha256');
  for (const { words, tags } of sentences) hash.update(JSON.stringify([words, tags]));
  return hash.digest('hex');
}

async function goldChains(session: Session, head: Head, options: ExportOptions): Promise<GoldChain[]> {
  const { input, labels } = options.tagger;
  const dev = options.corpus.dev.slice(0, CALIBRATION_SENTENCES);
  const size = labels.labels.length;
  const rules = { labels: size, ...headScores(head, size), constraints: bioConstraints(labels.labels) };
  const chains: GoldChain[] = [];
  await emit(
    dev.map((sentence) => sentence.words),
    (index, { emissions, length }) => {
      const gold = dev[index]!.tags.map((tag) => labels.indexOf(tag));
      chains.push({ chain: { ...rules, emissions, length }, gold });
    },
    { run: session.run, input, labels: size, concurrency: 1, maxRows: 32 },
  );
  return chains;
}

/** Texts with entities say more: a broken model is likely to find none. */
function richTexts(dev: readonly Sentence[]): readonly string[] {
  const rich = [...dev].sort((a, b) => spansOf(b.tags).length - spansOf(a.tags).length || a.line - b.line);
  return rich.slice(0, GOLDEN_TEXTS).map((sentence) => sentence.words.join(' '));
}

async function goldenTexts(predictor: Predictor, texts: readonly string[]): Promise<GoldenText[]> {
  const found = await predictor.predict(texts);
  return texts.map((text, i) => ({
    text,
    entities: found[i]!.map(({ type, start, end }) => ({ type, start, end })),
  }));
}
