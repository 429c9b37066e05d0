import { defineCommand } from 'citty';
import { createReadStream, existsSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { join } from 'node:path';
import { jobSummaries } from '../functions/api/job-summaries.ts';
import { eventsFile, jobsFolder } from '../functions/local/retraining.ts';
import { createDecisions } from '../functions/promote/decisions.ts';
import type { JobSummary } from '../shared/contracts/api.ts';
import { SqliteEventBus } from '../shared/events/sqlite-event-bus.ts';
import { ChildProcessJobs } from '../shared/jobs/child-process-jobs.ts';
import { unknownJob } from '../shared/jobs/job-errors.ts';
import { NerError } from '../shared/ner-error.ts';
import { FolderObjectStore } from '../shared/store/folder-object-store.ts';
import { stateFlag, stateFolder } from './state-folder.ts';
import { print } from './text-output.ts';
import { textTable } from './text-table.ts';

/** Jobs that are listed. */
const LISTED = 50;

export const jobs = defineCommand({
  meta: {
    name: 'jobs',
    description: 'List the training jobs of uploads and what became of them, stop one, or show its log',
  },
  args: {
    action: {
      type: 'positional',
      required: false,
      description: 'list (the default); stop, to end a job without a model; log, to show what its trainer printed',
    },
    name: { type: 'positional', required: false, description: 'The job, as the list names it' },
    ...stateFlag,
    json: { type: 'boolean', description: 'Print the list as JSON; by default as a table' },
  },
  run: async ({ args }) => {
    const act = actionOf(args.action, args.name, args.json === true);
    const state = stateFolder('jobs', args.state);
    // Looking must not make what is not there.
    if (!existsSync(jobsFolder(state))) return nothing(state, args.json === true);
    const clock = (): Date => new Date();
    const store = new FolderObjectStore({ root: join(state, 'store'), clock });
    const bus = new SqliteEventBus({ path: eventsFile(state), clock });
    const found = new ChildProcessJobs({ root: jobsFolder(state), store, bus, clock });
    try {
      await act({ jobs: found, list: () => jobSummaries({ jobs: found, decisions: createDecisions(store) }, LISTED) });
      return 0;
    } finally {
      found.close();
      bus.close();
      store.close();
    }
  },
});

interface OpenJobs {
  readonly jobs: ChildProcessJobs;
  readonly list: () => Promise<readonly JobSummary[]>;
}

/** @throws {E_USAGE} unless it is one of the three, with a name where there has to be one */
function actionOf(
  action: string | undefined,
  name: string | undefined,
  json: boolean,
): (open: OpenJobs) => Promise<void> {
  const wrong = (what: string): NerError =>
    new NerError('E_USAGE', `tagwright jobs: ${what}; expected list, stop NAME or log NAME.`);
  switch (action) {
    case undefined:
    case 'list':
      if (name !== undefined) throw wrong(`unexpected argument '${name}'`);
      return async ({ list }) => {
        const found = await list();
        await print(json ? `${JSON.stringify({ jobs: found }, null, 2)}\n` : asTable(found));
      };
    case 'stop':
      if (name === undefined) throw wrong('stop: the job is missing');
      return async (open) => {
        await open.jobs.stop(name);
        say(`job ${name} stops, or has ended already`);
      };
    case 'log':
      if (name === undefined) throw wrong('log: the job is missing');
      return async (open) => {
        if ((await open.jobs.describe(name)) === undefined) throw unknownJob(name);
        await printLog(open.jobs.logFile(name));
      };
    default:
      throw wrong(`unknown action '${action}'`);
  }
}

async function nothing(state: string, json: boolean): Promise<number> {
  if (json) await print('{\n  "jobs": []\n}\n');
  say(`there are no jobs in ${state}; 'tagwright upload' brings a corpus to train on`);
  return 0;
}

/** The file before the last one first; neither is there before the trainer has printed anything. */
async function printLog(file: string): Promise<void> {
  for (const path of [`${file}.1`, file]) {
    if (existsSync(path)) await pipeline(createReadStream(path), process.stdout, { end: false });
  }
}

function asTable(found: readonly JobSummary[]): string {
  const rows = found.map(({ name, dataset, stage, metrics, decision }) => [
    name,
    dataset,
    stage,
    percent(metrics['val:f1']),
    percent(decision?.f1),
    percent(decision?.championF1 ?? undefined),
    decision === undefined ? '' : `${decision.verdict}: ${decision.reason}`,
  ]);
  return textTable(
    [
      { title: 'job' },
      { title: 'dataset' },
      { title: 'stage' },
      { title: 'dev F1', align: 'right' },
      { title: 'test F1', align: 'right' },
      { title: 'before', align: 'right' },
      { title: 'decision' },
    ],
    rows,
  );
}

function percent(f1: number | undefined): string {
  return f1 === undefined ? '-' : (100 * f1).toFixed(1);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
