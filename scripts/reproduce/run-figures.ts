import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Appendix } from '../../training/report/appendix.ts';
import type { ReportData, SplitReport } from '../../training/report/report-data.ts';
import { EVENTS_FILE } from '../../training/job/event-log.ts';
import { trainingSeconds } from '../../training/job/training-time.ts';
import type { JobEvent } from '../../training/job/training-job.ts';
import type { ResultRun, ResultTable } from '../../training/recipes/recipe-results.ts';
import { manifestSchema } from '../../shared/contracts/manifest.ts';

/** What a finished run has left. */
export type RunFigures = Pick<ResultRun, 'modelId' | 'splits' | 'tables' | 'trainingSeconds' | 'sentencesPerSecond'>;

/** Reads the bundle, and `events.jsonl` beside it. */
export function runFigures(out: string): RunFigures {
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')));
  const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as ReportData;
  const run = `${out}.run`;
  const seconds = trainingSeconds(run);
  return {
    modelId: manifest.id,
    splits: Object.fromEntries(report.splits.map((split) => [split.name, splitFigures(split)])),
    tables: (report.appendices ?? []).flatMap(tablesOf),
    trainingSeconds: rounded(seconds),
    sentencesPerSecond: rounded(trainedSentences(join(run, EVENTS_FILE)) / seconds),
  };
}

function splitFigures({ evaluation }: SplitReport): ResultRun['splits'][string] {
  const { entity, f1Interval, tokenAccuracy, tokenReport } = evaluation;
  const { micro, macro, perType } = entity.default;
  return {
    entity: micro,
    f1Interval,
    entityMacroF1: macro.f1,
    perType,
    tokenAccuracy,
    tokenMacroF1: tokenReport.macro.f1,
  };
}

function tablesOf({ title, blocks }: Appendix): readonly ResultTable[] {
  return blocks.flatMap((block) => {
    if (block.kind !== 'table') return [];
    const { caption, columns, rows } = block;
    return [{ title, caption, columns: columns.map(({ head }) => head), rows: rows.map((row) => [...row]) }];
  });
}

/** Sentences of all steps; a step that was done again after a stop counts once. */
function trainedSentences(file: string): number {
  const lines = readFileSync(file, 'utf8').split('\n');
  const events = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as JobEvent);
  const steps = events.flatMap((event) => (event.type === 'step' ? [[event.step, event.sentences] as const] : []));
  return [...new Map(steps).values()].reduce((sum, sentences) => sum + sentences, 0);
}

/** To a tenth; never 0, which nothing takes. */
function rounded(value: number): number {
  return Math.max(0.1, Math.round(value * 10) / 10);
}
