import type { ArgsDef } from 'citty';
import { existsSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { NerError } from '../shared/ner-error.ts';
import {
  analyseComments,
  type Analysis,
  type AnalysisEvent,
  type AnalysisJob,
} from '../training/analysis/analyse-comments.ts';
import { analysisPage } from '../training/analysis/analysis-page.ts';
import { analysisMergesCsv, entitiesCsv, summaryCsv } from '../training/analysis/analysis-tables.ts';
import { labelReading, parseNotSet } from '../training/analysis/label-reading.ts';
import { readMerges } from '../training/analysis/merges-file.ts';
import { abortOnInterrupt } from './interruption.ts';
import { openBar, type ProgressBar } from './progress-bar.ts';
import { openTextOutput } from './text-output.ts';

/** Flags of `comments analyse` besides --comments and --out. */
export const analyseFlags = {
  model: { type: 'string', valueHint: 'DIR', description: 'analyse: bundle to tag with' },
  merges: {
    type: 'string',
    valueHint: 'FILE',
    description: 'analyse: merges.csv of an earlier analysis in which you decided; by default the machine decides',
  },
  'not-set': {
    type: 'string',
    valueHint: 'VALUES',
    default: '0,no,false,n/a',
    description: 'analyse: values of label columns that say no, besides an empty cell, in either case',
  },
} satisfies ArgsDef;

interface AnalyseArguments {
  readonly model?: string | undefined;
  readonly comments?: string | undefined;
  readonly out?: string | undefined;
  readonly merges?: string | undefined;
  readonly 'not-set': string;
}

const MERGES_FILE = 'merges.csv';

/**
 * `tagwright comments analyse`: tags all comments and writes tables and a page of what they ask for.
 *
 * @throws {E_USAGE} a flag is missing, or the folder has decisions of a person that were not given back
 */
export async function analyse(given: AnalyseArguments): Promise<number> {
  const { model, comments, out } = required(given);
  keepDecisions(out, given.merges);
  const { signal } = abortOnInterrupt();
  const isSet = labelReading(parseNotSet(given['not-set']));
  const job = { model, comments, merges: given.merges, isSet, threads: availableParallelism() };
  const analysis = await run(job, signal);
  if (analysis === undefined) {
    say(`interrupted by ${String(signal.reason)}: nothing was written`);
    return 1;
  }
  await write(analysis, out);
  return 0;
}

function required({ model, comments, out }: AnalyseArguments): {
  readonly model: string;
  readonly comments: string;
  readonly out: string;
} {
  if (model !== undefined && comments !== undefined && out !== undefined) return { model, comments, out };
  const missing = model === undefined ? 'model DIR' : comments === undefined ? 'comments FILE' : 'out DIR';
  throw new NerError(
    'E_USAGE',
    `tagwright comments analyse: --${missing} is missing; expected --model DIR --comments FILE --out DIR.`,
  );
}

/** Writing would end what a person wrote into the merges of an earlier analysis. */
function keepDecisions(out: string, merges: string | undefined): void {
  const path = join(out, MERGES_FILE);
  if (merges !== undefined || !existsSync(path)) return;
  const decided = readMerges(path).filter(({ decidedBy }) => decidedBy === 'person').length;
  if (decided === 0) return;
  throw new NerError(
    'E_USAGE',
    `tagwright comments analyse: ${path} has ${decided} ${decided === 1 ? 'decision' : 'decisions'} of a person, which would be written over; expected ` +
      `--merges ${path}, or another --out.`,
  );
}

/** Undefined when it was interrupted. */
async function run(job: AnalysisJob, signal: AbortSignal): Promise<Analysis | undefined> {
  const events = analyseComments(job);
  let bar: ProgressBar | undefined;
  try {
    for (;;) {
      const { done, value } = await events.next();
      if (done === true) return value;
      if (signal.aborted) return undefined;
      if (value.type === 'tagged' && process.stderr.isTTY) {
        bar ??= openBar(process.stderr, value.total, 0);
        bar.update(
          value.comments,
          `${value.comments.toLocaleString('en')} of ${value.total.toLocaleString('en')} comments`,
        );
      }
      for (const line of lines(value))
        if (bar === undefined) say(line);
        else bar.say(line);
    }
  } finally {
    bar?.stop();
    // Ends the generator where it stands, so that the model is released.
    await events.return(undefined as never);
  }
}

/** Notices that are printed; all are counted, and the page lists more. */
const SHOWN = 20;

function lines(event: AnalysisEvent): readonly string[] {
  switch (event.type) {
    case 'read':
      return [`comments ${event.comments.toLocaleString('en')}`, ...noticeLines('notice  ', event.notices)];
    case 'letters-only':
      return [`warning  names are brought together by their letters alone: ${event.why}`];
    case 'tagged':
      return event.comments === event.total ? [`tagged   ${event.entities.toLocaleString('en')} entities`] : [];
    case 'grouped':
      return [
        ...noticeLines('merges  ', event.notices),
        `names    ${event.names.toLocaleString('en')}, in ${event.groups.toLocaleString('en')} groups`,
      ];
  }
}

function noticeLines(title: string, notices: readonly string[]): readonly string[] {
  const more = notices.length - SHOWN;
  return [
    ...notices.slice(0, SHOWN).map((notice) => `${title} ${notice}`),
    ...(more > 0 ? [`${title} and ${more.toLocaleString('en')} more`] : []),
  ];
}

async function write(analysis: Analysis, out: string): Promise<void> {
  try {
    mkdirSync(out, { recursive: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NerError('E_FILE_UNWRITABLE', `${out}: no folder can be made: ${reason}. May you write there?`, {
      cause,
    });
  }
  const files: readonly (readonly [string, Iterable<string>])[] = [
    ['entities.csv', entitiesCsv(analysis)],
    ['summary.csv', [summaryCsv(analysis)]],
    [MERGES_FILE, [analysisMergesCsv(analysis)]],
    ['analysis.html', [await analysisPage(analysis)]],
  ];
  for (const [name, parts] of files) {
    const output = await openTextOutput(join(out, name));
    try {
      for (const part of parts) await output.write(part);
      await output.finish();
    } finally {
      await output.discard();
    }
  }
  say(`written  ${files.map(([name]) => join(out, name)).join(', ')}`);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
