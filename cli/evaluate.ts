import { defineCommand } from 'citty';
import { basename, join, resolve } from 'node:path';
import type { Manifest } from '../shared/contracts/manifest.ts';
import type { LoadedModel } from '../shared/model/load-model.ts';
import { createRng } from '../shared/random.ts';
import { evaluateTags, type EvaluationReport } from '../shared/evaluation/evaluation-report.ts';
import { formatReport } from '../shared/evaluation/format-report.ts';
import { machine } from '../training/report/machine.ts';
import { measureSplit } from '../training/report/measure-split.ts';
import { countUnknownTypes, measuringWarnings, readLabelled, usedAs, type LabelledFile } from './labelled-file.ts';
import { openModel } from './open-model.ts';
import { print } from './text-output.ts';

export const evaluate = defineCommand({
  meta: { name: 'evaluate', description: 'Measure a model on a labelled file: entity F1 as seqeval has it' },
  args: {
    model: { type: 'string', valueHint: 'DIR', required: true, description: 'Bundle to measure' },
    corpus: {
      type: 'string',
      valueHint: 'FILE',
      required: true,
      description: 'Labelled file in CoNLL form: the word in the first column, its tag in the last',
    },
    report: {
      type: 'string',
      valueHint: 'DIR',
      description: 'Folder to write report.html and report.json to, with errors in context and calibration',
    },
    repair: {
      type: 'boolean',
      description: 'Put tags right that break the BIO rules, and say which; by default they are refused',
    },
    json: { type: 'boolean', description: 'Print the figures as JSON; by default as text' },
  },
  run: async ({ args }) => {
    const file = readLabelled('evaluate', args.corpus, args.repair === true);
    const model = await openModel(args.model);
    try {
      const { manifest } = model;
      const report = await measure(model, file, args.report);
      for (const line of measuringWarnings(file, manifest, 'this model')) say(line);
      await print(args.json === true ? asJson(manifest, file, report) : asText(manifest, file, report));
      if (args.report !== undefined) say(`report: ${join(resolve(args.report), 'report.html')}`);
      return 0;
    } finally {
      await model.release();
    }
  },
});

/** Measures the model; with a folder, writes the report there, which takes the confidences of all words too. */
async function measure(
  { manifest, predictor }: LoadedModel,
  file: LabelledFile,
  folder: string | undefined,
): Promise<EvaluationReport> {
  if (folder === undefined) {
    const predicted = await predictor.predictWords(file.sentences.map((sentence) => sentence.words));
    const gold = file.sentences.map((sentence) => sentence.tags);
    return evaluateTags(gold, predicted, { rng: createRng(0, 'bootstrap') });
  }
  const split = await measureSplit(usedAs(file, manifest) ?? basename(file.path), file.sentences, predictor);
  // Loaded here: figures alone need not wait for the library that draws the charts.
  const { writeReport } = await import('../training/report/write-report.ts');
  await writeReport(folder, {
    modelId: manifest.id,
    manifest,
    splits: [split],
    history: [],
    environment: machine(),
  });
  return split.evaluation;
}

function asJson(manifest: Manifest, file: LabelledFile, report: EvaluationReport): string {
  const about = {
    model: manifest.id,
    file: file.path,
    sha256: file.sha256,
    usedAs: usedAs(file, manifest),
    unknownTypes: countUnknownTypes(file, manifest.labels),
  };
  return `${JSON.stringify({ ...about, ...report }, null, 2)}\n`;
}

function asText({ id, scheme }: Manifest, { path, sha256 }: LabelledFile, report: EvaluationReport): string {
  return `Model: ${id}, scheme ${scheme}\nFile: ${path} (SHA-256 ${sha256})\n${formatReport(report)}`;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
