import type { ArgsDef } from 'citty';
import { join } from 'node:path';
import { createRunRegistry } from '../shared/runs/run-registry.ts';
import { FolderObjectStore } from '../shared/store/folder-object-store.ts';
import { startTraining } from '../training/job/start-training.ts';
import type { DistillationJob, JobEvent, RecipeJob, TrainingJob } from '../training/job/training-job.ts';
import { createRunRecorder, whoTrains, type RunRecorder } from './run-recorder.ts';
import { DEFAULT_STATE } from './state-folder.ts';

/** Flags of verbs that train: where their runs are recorded. */
export const recordFlags = {
  state: {
    type: 'string',
    valueHint: 'DIR',
    description: `Folder where a record of the run is kept for 'tagwright runs'; by default ${DEFAULT_STATE}`,
  },
  record: {
    type: 'boolean',
    default: true,
    description: 'Keep a record of the run',
    negativeDescription: 'Keep no record of the run',
  },
} as const satisfies ArgsDef;

export interface RecordedJob {
  readonly job: TrainingJob | RecipeJob | DistillationJob;
  readonly signal: AbortSignal;
  readonly flags: { readonly state?: string | undefined; readonly record: boolean };
  /** Writes a line for people. */
  readonly say: (line: string) => void;
}

/**
 * Runs a job, and keeps a record of it however it ends: what comes of a run that began to train is written to the state
 * folder. That it cannot be written is said and costs nothing else.
 */
export async function* recordedJob({ job, signal, flags, say }: RecordedJob): AsyncGenerator<JobEvent, void> {
  const clock = (): Date => new Date();
  const recorder = createRunRecorder(job, { clock, who: whoTrains(process.env['TAGWRIGHT_USER']) });
  const isKept = flags.record && process.env['TAGWRIGHT_RECORD'] !== 'off';
  const keep = async (...how: Parameters<RunRecorder['draft']>): Promise<void> => {
    if (!isKept) return;
    const line = await keepRecord(recorder, { state: flags.state ?? DEFAULT_STATE, how });
    if (line !== undefined) say(line);
  };
  try {
    for await (const event of startTraining(job, signal)) {
      recorder.see(event);
      yield event;
    }
  } catch (error) {
    await keep('failed', error);
    throw error;
  }
  await keep(signal.aborted ? 'interrupted' : 'done');
}

interface Kept {
  readonly state: string;
  readonly how: Parameters<RunRecorder['draft']>;
}

/** The line about it; undefined when there is nothing to keep. */
async function keepRecord(recorder: RunRecorder, { state, how }: Kept): Promise<string | undefined> {
  try {
    const draft = await recorder.draft(...how);
    if (draft === undefined) return undefined;
    const store = new FolderObjectStore({ root: join(state, 'store'), clock: () => new Date() });
    try {
      const { id } = await createRunRegistry(store).add(draft);
      return `run      ${id}, recorded in ${state}; 'tagwright runs' lists them`;
    } finally {
      store.close();
    }
  } catch (error) {
    return `warning  the run is not recorded: ${error instanceof Error ? error.message : String(error)}`;
  }
}
