import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Appendix } from '../../training/report/appendix.ts';
import type { ReportData, SplitReport } from '../../training/report/report-data.ts';
import type { JobEvent } from '../../training/job/training-job.ts';
import type { ResultRun, ResultTable } from '../../training/recipes/recipe-results.ts';
import { manifestSchema } from '../../shared/contracts/manifest.ts';

/** What a finished run has left: its figures, and how many sentences it trained on in its last part. */
export interface RunFigures extends Pick<ResultRun, 'modelId' | 'splits' | 'tables' | 'resumed'> {
  readonly trainedSentences: number;
}

/** Reads the bundle, and `events.jsonl` beside it. */
export function runFigures(out: string): RunFigures {
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')));
  const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as ReportData;
  const last = lastPart(join(`${out}.run`, 'events.jsonl'));
  return {
    modelId: manifest.id,
    splits: Object.fromEntries(report.splits.map((split) => [split.name, splitFigures(split)])),
    tables: (report.appendices ?? []).flatMap(tablesOf),
    resumed: last.some((event) => event.type === 'start' && event.finishedSteps > 0),
    trainedSentences: last.reduce((sum, event) => sum + (event.type === 'step' ? event.sentences : 0), 0),
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

/** Events from the last start on: what came before a stop is another part. */
function lastPart(file: string): readonly JobEvent[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const events = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as JobEvent);
  return events.slice(events.findLastIndex(({ type }) => type === 'start'));
}
