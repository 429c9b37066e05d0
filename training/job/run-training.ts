import { requireDevice } from '../../shared/ort/device.ts';
import { refuseTooLarge } from '../export/serving-graph.ts';
import { corpusOf } from './job-corpus.ts';
import { loweringOutside } from './lower-outside.ts';
import { measureWindows } from './measure-windows.ts';
import { prepareTagger } from './prepare-tagger.ts';
import { withRecipe } from './recipe-corpus.ts';
import { withRunFolder, type RunFolder } from './run-folder.ts';
import { defaultSettings, refuseOtherKind, withSettings, type SettingChange } from './settings.ts';
import { trainAndExport } from './train-and-export.ts';
import type { JobEvent, RecipeJob, TrainingJob } from './training-job.ts';

/** On CUDA the state crosses to the device and back once a run. */
const ON_CUDA: SettingChange = ['train.stepsPerRun', 16];

/**
 * Runs a training job from corpus to bundle: reads the files, trains, saves a checkpoint after each epoch and when it is
 * interrupted, and exports the parameters that are kept. What happens is yielded, appended to
 * `<out>.run/events.jsonl` and drawn in `curves.html` beside it.
 *
 * What is refused, is refused before anything of an earlier run in this place is touched.
 *
 * @param signal aborting it ends training with a checkpoint; no bundle is written then
 * @throws {E_DEVICE_UNAVAILABLE} the device is none that this machine has, before anything is read
 * @throws {E_GRAPH_TOO_LARGE} the model's graph would not fit into one file, before it is trained
 * @throws {E_FILE_UNWRITABLE} the folders cannot be written, or the disk is full; the last checkpoint is whole
 */
export async function* runTraining(job: TrainingJob | RecipeJob, signal?: AbortSignal): AsyncGenerator<JobEvent, void> {
  await requireDevice(job.device ?? 'cpu');
  yield* withRunFolder(job, (folder) => events(job, folder, signal));
}

async function* events(
  asked: TrainingJob | RecipeJob,
  folder: RunFolder,
  signal: AbortSignal | undefined,
): AsyncGenerator<JobEvent, void> {
  const kind = asked.encoder === undefined ? 'words' : 'encoder';
  const { job, recipe: named, appendices } = yield* withRecipe(asked, { kind, folder: folder.folder });
  const changes = job.changes ?? [];
  const settings = withSettings(defaultSettings[kind], job.device === 'cuda' ? [ON_CUDA, ...changes] : changes);
  refuseOtherKind(settings, kind);
  const corpus = yield* corpusOf(job);
  const tagger = yield* prepareTagger(job, settings, corpus);
  refuseTooLarge(tagger.model.parameters);
  yield { type: 'windows', ...(await measureWindows(tagger.input, [...corpus.train, ...corpus.dev])) };
  const { vectors = null, encoder } = job;
  const recipe = {
    ...named,
    ...settings,
    vectors,
    encoder: encoder?.label ?? encoder?.name ?? null,
    revision: encoder?.revision ?? null,
    ...(corpus.frozen === undefined ? {} : { frozenTest: corpus.frozen }),
  };
  const finish =
    settings.train.outsideBias === 'dev'
      ? loweringOutside({ tagger, dev: corpus.dev, threads: job.threads })
      : undefined;
  yield* trainAndExport({
    job,
    folder,
    settings,
    corpus,
    train: corpus.train,
    tagger,
    recipe,
    appendices,
    signal,
    finish,
  });
}
