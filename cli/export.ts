import { defineCommand } from 'citty';
import { availableParallelism } from 'node:os';
import type { Gate, GateLimits, Manifest, Precision } from '../shared/contracts/manifest.ts';
import { precisionSchema } from '../shared/contracts/manifest.ts';
import { NerError } from '../shared/ner-error.ts';
import { DEFAULT_LIMITS } from '../training/export/export-gate.ts';
import { runExport } from '../training/job/run-export.ts';
import { formatBytes } from './format-bytes.ts';
import { measuringWarnings, readLabelled } from './labelled-file.ts';
import { packageVersion } from './package-version.ts';
import { print } from './text-output.ts';

export const exportModel = defineCommand({
  meta: {
    name: 'export',
    description: "Write a model's serving graph in fp32 or int8, if it does what the model does",
  },
  args: {
    model: { type: 'string', valueHint: 'DIR', required: true, description: 'Bundle that training wrote' },
    precision: { type: 'string', valueHint: 'fp32|int8', default: 'int8', description: 'What products compute in' },
    corpus: {
      type: 'string',
      valueHint: 'FILE',
      required: true,
      description: 'Labelled file in CoNLL form that the graphs are compared on, and int8 is fitted to: the dev set',
    },
    out: { type: 'string', valueHint: 'DIR', required: true, description: 'Folder for the new bundle' },
    'max-logit-difference': {
      type: 'string',
      valueHint: 'NUMBER',
      description: `Largest difference of a score that is let through (default: ${limitsText('logitDifference')})`,
    },
    'min-tag-agreement': {
      type: 'string',
      valueHint: 'SHARE',
      description: `Least share of words with the same tag, in 0..1 (default: ${limitsText('tagAgreement')})`,
    },
    'max-f1-loss': {
      type: 'string',
      valueHint: 'SHARE',
      description: `Largest loss of entity F1, in 0..1 (default: ${limitsText('f1Loss')})`,
    },
    repair: {
      type: 'boolean',
      description: 'Put tags right that break the BIO rules, and say which; by default they are refused',
    },
    json: { type: 'boolean', description: 'Print the verdict as JSON; by default as text' },
  },
  run: async ({ args }) => {
    const precision = precisionOf(args.precision);
    const limits = {
      ...limit('logitDifference', '--max-logit-difference', args['max-logit-difference']),
      ...limit('tagAgreement', '--min-tag-agreement', args['min-tag-agreement']),
      ...limit('f1Loss', '--max-f1-loss', args['max-f1-loss']),
    };
    const file = readLabelled('export', args.corpus, args.repair === true);
    const { model, out } = args;
    const job = {
      model,
      out,
      precision,
      corpus: file,
      limits,
      version: packageVersion,
      threads: availableParallelism(),
    };
    const { manifest, gate } = await runExport(job);
    // That it is the dev set is no news here.
    const warnings = measuringWarnings(file, manifest, `model ${manifest.id}`).filter(
      (line) => !line.startsWith('note'),
    );
    for (const line of warnings) process.stderr.write(`${line}\n`);
    await print(args.json === true ? asJson(manifest, gate) : asText(manifest, { gate, out }));
    return 0;
  },
});

function limitsText(name: keyof GateLimits): string {
  return Object.entries(DEFAULT_LIMITS)
    .map(([precision, limits]) => `${limits[name]} for ${precision}`)
    .join(', ');
}

function precisionOf(text: string): Precision {
  const parsed = precisionSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new NerError(
    'E_USAGE',
    `tagwright export: --precision: no precision, got '${text}'; expected ${precisionSchema.options.join(' or ')}.`,
  );
}

function limit(name: keyof GateLimits, flag: string, text: string | undefined): Partial<GateLimits> {
  if (text === undefined) return {};
  const value = Number(text);
  const most = name === 'logitDifference' ? Infinity : 1;
  if (text.trim() !== '' && value >= 0 && value <= most) return { [name]: value };
  const expected = most === 1 ? 'a number from 0 to 1' : 'a number of at least 0';
  throw new NerError('E_USAGE', `tagwright export: ${flag}: out of range, got '${text}'; expected ${expected}.`);
}

function asJson({ id, graph, exportedFrom }: Manifest, gate: Gate): string {
  return `${JSON.stringify({ id, graph, exportedFrom, gate }, null, 2)}\n`;
}

function asText(manifest: Manifest, { gate, out }: { readonly gate: Gate; readonly out: string }): string {
  const { figures, limits, corpus } = gate;
  const { low, high } = figures.f1Interval;
  const signed = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(4)}`;
  const graph = manifest.files.find(({ path }) => path === manifest.graph.file)!;
  return [
    `Model ${manifest.id}: ${manifest.graph.precision}, ${formatBytes(graph.sizeBytes)}, exported from ${manifest.exportedFrom!}`,
    `Compared on ${corpus.sentences} sentences, ${corpus.words} words:`,
    '',
    `  largest logit difference  ${figures.logitDifference.toPrecision(3)}  (at most ${limits.logitDifference})`,
    `  tag agreement             ${figures.tagAgreement.toFixed(5)}  (at least ${limits.tagAgreement})`,
    `  entity F1                 ${figures.f1.toFixed(4)} against ${figures.referenceF1.toFixed(4)}: ${signed(figures.f1Difference)}, 95 % interval ${signed(low)} to ${signed(high)}  (at least -${limits.f1Loss})`,
    '',
    `The export gate lets it through: written to ${out}`,
    '',
  ].join('\n');
}
