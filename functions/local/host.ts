import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HostStatus, TrainingStatus } from '../../shared/contracts/api.ts';
import { MAX_QUEUE_MESSAGES } from '../../shared/contracts/limits.ts';
import { bundleVectors } from '../../shared/features/bundle-encoder.ts';
import { bundleInput } from '../../shared/features/bundle-input.ts';
import { SqliteIdLedger } from '../../shared/ledger/sqlite-id-ledger.ts';
import { createMetrics } from '../../shared/metrics/metrics.ts';
import { loadModel } from '../../shared/model/load-model.ts';
import { NerError } from '../../shared/ner-error.ts';
import { SqliteQueue } from '../../shared/queue/sqlite-queue.ts';
import { createModelWatcher } from '../../shared/registry/model-watcher.ts';
import { openLocalRegistry } from '../../shared/registry/local-registry.ts';
import type { Registry } from '../../shared/registry/registry.ts';
import { FolderObjectStore } from '../../shared/store/folder-object-store.ts';
import { createApp } from '../api/app.ts';
import { createEventHub } from '../api/event-hub.ts';
import { consoleFiles } from '../console/console-files.ts';
import type { Source } from '../sources/source.ts';
import { createTaggerHandler } from '../tagger/handler.ts';
import { createThreadedTrends } from '../trends/threaded-trends.ts';
import { createAlarms } from './alarms.ts';
import { type CompactionTimes, startCompactor } from './compactor.ts';
import { createDeadline } from './deadline.ts';
import type { FileSourceProgress } from './file-source.ts';
import { createFollowedSources } from './followed-sources.ts';
import { countBatch, gaugeHost, observeStored, timedHandler, timedTagger } from './host-metrics.ts';
import { createHostStatus } from './host-status.ts';
import { createIngest } from '../ingest/ingest.ts';
import { createLiveTweets } from './live-tweets.ts';
import { messageOf } from './message-of.ts';
import { tellModelEvents } from './model-events.ts';
import { modelSummaries } from '../api/model-summaries.ts';
import { createPump } from './pump.ts';
import { type RetrainingSettings, createRetraining } from './retraining.ts';
import { startServer } from './server.ts';
import { streamFile } from './stream-file.ts';
import { wait } from './wait.ts';

export interface HostOptions {
  /** Folder of everything that outlives the process: store, queue, ledger. Made when it is not there. */
  readonly stateDir: string;
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  /** Threads that run the model. */
  readonly workers: number;
  /** When results are compacted; by default as startCompactor has it. */
  readonly compaction?: CompactionTimes;
  readonly clock: () => Date;
  /** Told in a line of what an operator should know. Tweets are never in it. */
  readonly log: (line: string) => void;
  /** Messages in the queue from which on tweets are refused; MAX_QUEUE_MESSAGES by default. */
  readonly maxQueueMessages?: number | undefined;
  /** How long `close` may take; STOP_DEADLINE_MS by default. */
  readonly stopDeadlineMs?: number | undefined;
  /** Trains on what is uploaded, and lets the model serve if it is better; left out, uploads wait for a host that does. */
  readonly retraining?: RetrainingSettings | undefined;
}

/** The embedded host: API, page, queue, tagger and registry in one process, over one folder. */
export interface Host {
  readonly url: string;
  readonly registry: Registry;
  status(): HostStatus;
  /** Shows a training run on the page; undefined when there is none any more. */
  showTraining(training: TrainingStatus | undefined): void;
  /** Loads the current model now, if there is another, instead of at the next look. */
  checkModel(): Promise<void>;
  /** Sends a file of tweets to the queue, from where it was left; `fresh` says whether anything was left to send. */
  streamFile(
    path: string,
    signal: AbortSignal,
    tweetsPerSecond?: number,
  ): Promise<FileSourceProgress & { readonly fresh: boolean }>;
  /** Brings a source's tweets to the queue until its end or the signal. @throws {NerError} what it failed with */
  follow(source: Source, signal: AbortSignal): Promise<void>;
  /** Takes no more tweets, ends what has begun or gives it back, and closes, all of it inside the deadline. */
  close(): Promise<void>;
}

export const STOP_DEADLINE_MS = 10_000;
/** The rest of the time to stop is for requests under way and for freeing the model. */
const STOP_PART_OF_PUMP = 0.7;
const MODEL_POLL_MS = 2_000;
/** Of the time to stop, what a trainer has to save its checkpoint. */
const STOP_PART_OF_TRAINER = 0.6;
/** A batch takes about a second; what a killed process had in hand comes back after this. */
const VISIBILITY_TIMEOUT_MS = 15_000;
const STATUS_INTERVAL_MS = 1_000;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** Claims on tweet ids are kept for longer than a message should stay in the queue or among the dead letters. */
const CLAIMS_KEPT_MS = 14 * DAY_MS;

/** @throws {E_PORT_IN_USE} {E_FILE_UNWRITABLE} {E_DATABASE_LOCKED} {E_DATABASE_CORRUPT} */
export async function startHost(options: HostOptions): Promise<Host> {
  const { stateDir, clock, log } = options;
  const { maxQueueMessages = MAX_QUEUE_MESSAGES, stopDeadlineMs = STOP_DEADLINE_MS } = options;
  makeFolder(stateDir);
  const store = new FolderObjectStore({ root: join(stateDir, 'store'), clock });
  const queue = new SqliteQueue({ path: join(stateDir, 'queue.sqlite'), clock });
  const ledger = new SqliteIdLedger({ path: join(stateDir, 'ledger.sqlite'), clock });
  const registry = await openLocalRegistry({ stateDir, store, clock });
  const hub = createEventHub();
  const live = createLiveTweets(hub);
  const metrics = createMetrics();
  const alarms = createAlarms(clock);
  const trends = createThreadedTrends({
    path: join(stateDir, 'trends.sqlite'),
    clock,
    onError: (error) => {
      log(`spellings could not be compared: ${messageOf(error)}`);
    },
  });
  const ingest = createIngest({ queue, store, clock, metrics, maxMessages: maxQueueMessages });
  const stop = new AbortController();
  const sources = createFollowedSources(
    { take: ingest.take, room: (signal) => ingest.ready(signal), store, clock, wait, log },
    stop.signal,
  );

  const watcher = createModelWatcher({
    registry,
    load: async (bundle) => {
      // The one in use goes on meanwhile, and keeps a core.
      const gently = watcher.modelId() !== undefined;
      const model = await loadModel(bundle, { inputOf: bundleInput, workers: options.workers, gently });
      const vectors = bundleVectors(bundle);
      if (vectors !== undefined) trends.compareBy(vectors);
      return model;
    },
    intervalMs: MODEL_POLL_MS,
    onEvent: tellModelEvents({ log, metrics, alarms }),
  });
  const tagger = {
    get modelId() {
      return watcher.modelId() ?? '';
    },
    tag: (texts: readonly string[]) => watcher.use((model) => model.predictor.predict(texts)),
  };
  const handler = createTaggerHandler({
    tagger: timedTagger(tagger, metrics),
    store,
    ledger,
    clock,
    onTagged: (tweet, record) => {
      live.add(tweet, record);
    },
    onStored: async (stored) => {
      await trends.add(stored);
      observeStored(metrics, stored, clock());
    },
  });
  const pump = createPump({
    queue,
    handler: timedHandler(handler, metrics),
    clock,
    visibilityTimeoutMs: VISIBILITY_TIMEOUT_MS,
    stopDeadlineMs: stopDeadlineMs * STOP_PART_OF_PUMP,
    events: {
      onBatch: (result) => {
        live.publishBatch();
        countBatch(metrics, result);
        alarms.clear('tagger_paused');
        for (const reason of new Set(result.reasons.values())) log(`a message will be tried again: ${reason}`);
      },
      onError: (error) => {
        alarms.raise('tagger_paused', messageOf(error));
        log(`the tagger pauses: ${messageOf(error)}`);
      },
    },
  });
  const retraining =
    options.retraining &&
    createRetraining({
      ...{ stateDir, store, registry, clock, log, alarms, settings: options.retraining },
      graceSeconds: (stopDeadlineMs * STOP_PART_OF_TRAINER) / 1_000,
      // What serves goes on meanwhile, and keeps its cores.
      load: (bundle) => loadModel(bundle, { inputOf: bundleInput, workers: 1, gently: true }),
      onPromoted: () => checkModel(),
    });
  const status = createHostStatus({
    pump,
    ingest,
    sources,
    alarms,
    retraining,
    modelId: () => watcher.modelId(),
    isStopping: () => stop.signal.aborted,
    maxQueueMessages,
  });
  const app = createApp({
    admission: async () => {
      if (stop.signal.aborted) return 'stopping';
      return (await ingest.hasRoom()) ? 'open' : 'full';
    },
    ingest: ingest.take,
    predict: (texts, options) =>
      watcher.use(async ({ predictor }) => ({
        model: predictor.modelId,
        results: await predictor.predict(texts, options),
      })),
    models: async () => modelSummaries(await registry.list()),
    ...(retraining === undefined ? {} : { jobs: retraining.jobs }),
    serving: status.now,
    status: status.now,
    events: hub,
    metrics,
    trends,
    reportError: (error, requestId) => {
      log(`request ${requestId} failed: ${messageOf(error)}`);
    },
    ...(options.host === undefined ? {} : { hosts: [options.host] }),
    console: consoleFiles(),
  });
  gaugeHost(metrics, { depth: () => queue.depth(), readers: () => app.readers(), alarms, sources: sources.status });

  let pumping: Promise<void> | undefined;
  // Without a model every message would fail and count as a try, so the pump waits for the first.
  const pumpOnceReady = (): void => {
    if (pumping !== undefined || watcher.modelId() === undefined || stop.signal.aborted) return;
    pumping = pump.run(stop.signal).catch((error: unknown) => {
      alarms.raise('tagger_paused', messageOf(error));
      log(`the tagger stopped: ${messageOf(error)}`);
    });
  };
  const checkModel = async (): Promise<void> => {
    await watcher.check();
    pumpOnceReady();
  };
  const publishStatus = async (): Promise<void> => {
    pumpOnceReady();
    await status.look();
    hub.publish({ kind: 'status', status: status.now() });
    live.publishTop();
  };
  const server = await startServer({
    app,
    ...(options.port === undefined ? {} : { port: options.port, exactPort: true }),
    ...(options.host === undefined ? {} : { host: options.host }),
  });
  // Not before the port is ours: another host may be at work in this folder.
  retraining?.start();
  await watcher.start();
  pumpOnceReady();
  const prune = (): void => {
    ledger.prune(new Date(clock().getTime() - CLAIMS_KEPT_MS)).catch((error: unknown) => {
      log(`old claims could not be forgotten: ${messageOf(error)}`);
    });
  };
  prune();
  const compactor = startCompactor({ root: join(stateDir, 'store'), clock, log, ...options.compaction });
  const pruner = setInterval(prune, DAY_MS);
  const ticker = setInterval(() => {
    publishStatus().catch((error: unknown) => {
      log(`the status is unknown: ${messageOf(error)}`);
    });
  }, STATUS_INTERVAL_MS);

  return {
    url: server.url,
    registry,
    status: status.now,
    showTraining: status.showTraining,
    checkModel,
    streamFile: (path, signal, tweetsPerSecond) =>
      streamFile(
        { path, store, queue, clock, ...(tweetsPerSecond === undefined ? {} : { tweetsPerSecond }) },
        AbortSignal.any([signal, stop.signal]),
        metrics,
      ),
    follow: sources.follow,
    close: async () => {
      const deadline = createDeadline(stopDeadlineMs);
      clearInterval(ticker);
      clearInterval(pruner);
      // From here on tweets are answered with 503, by a server that still listens: whoever sends learns when to return.
      stop.abort();
      if (!(await deadline.within(sources.ended()))) log('a source was still handing over at the deadline');
      if (retraining !== undefined && !(await deadline.within(retraining.close()))) {
        log('a trainer was still saving at the deadline');
      }
      await pumping;
      await server.close(deadline.leftMs());
      if (!(await deadline.within(watcher.stop()))) log('the model was still at work at the deadline');
      if (!(await deadline.within(compactor.stop()))) log('an hour was still being compacted at the deadline');
      await trends.close();
      queue.close();
      ledger.close();
      store.close();
    },
  };
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw new NerError('E_FILE_UNWRITABLE', `serve: ${path}: cannot be made: ${messageOf(cause)}.`, { cause });
  }
}
