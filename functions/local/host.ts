import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HostStatus, LiveTweet, TrainingStatus } from '../../shared/contracts/api.ts';
import { bundleInput } from '../../shared/features/bundle-input.ts';
import { SqliteIdLedger } from '../../shared/ledger/sqlite-id-ledger.ts';
import { loadModel } from '../../shared/model/load-model.ts';
import { NerError } from '../../shared/ner-error.ts';
import { SqliteQueue } from '../../shared/queue/sqlite-queue.ts';
import { createModelWatcher, type ModelEvent } from '../../shared/registry/model-watcher.ts';
import { createRegistry, type Registry } from '../../shared/registry/registry.ts';
import { FolderObjectStore } from '../../shared/store/folder-object-store.ts';
import { createApp } from '../api/app.ts';
import { createEventHub } from '../api/event-hub.ts';
import { buildConsole } from '../console/build-console.ts';
import { createTaggerHandler } from '../tagger/handler.ts';
import { runFileSource, type FileSourceProgress } from './file-source.ts';
import { createIngest } from './ingest.ts';
import { modelSummaries } from './model-summaries.ts';
import { createPump, type PumpSnapshot } from './pump.ts';
import { startServer } from './server.ts';
import { createTopEntityCounter } from './top-entities.ts';

export interface HostOptions {
  /** Folder of everything that outlives the process: store, queue, ledger. Made when it is not there. */
  readonly stateDir: string;
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  /** Threads that run the model. */
  readonly workers: number;
  readonly clock: () => Date;
  /** Told in a line of what an operator should know. Tweets are never in it. */
  readonly log: (line: string) => void;
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
  /** Ends what has begun, lets no message wait for its time-out, and closes. */
  close(): Promise<void>;
}

const MODEL_POLL_MS = 2_000;
/** A batch takes about a second; what a killed process had in hand comes back after this. */
const VISIBILITY_TIMEOUT_MS = 15_000;
const STATUS_INTERVAL_MS = 1_000;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** Claims on tweet ids are kept for longer than a message should stay in the queue or among the dead letters. */
const CLAIMS_KEPT_MS = 14 * DAY_MS;
const TOP_ENTITIES = 15;
/** Messages in the queue above which a file waits: about half a million tweets would be too much to lose sight of. */
const MAX_QUEUE_DEPTH = 64;

/** @throws {E_PORT_IN_USE} {E_FILE_UNWRITABLE} {E_DATABASE_LOCKED} {E_DATABASE_CORRUPT} */
export async function startHost(options: HostOptions): Promise<Host> {
  const { stateDir, clock, log } = options;
  makeFolder(stateDir);
  const store = new FolderObjectStore({ root: join(stateDir, 'store'), clock });
  const queue = new SqliteQueue({ path: join(stateDir, 'queue.sqlite'), clock });
  const ledger = new SqliteIdLedger({ path: join(stateDir, 'ledger.sqlite'), clock });
  const registry = createRegistry({ store, clock });
  const hub = createEventHub();
  const top = createTopEntityCounter();
  const ingest = createIngest({ queue, store, clock });
  let training: TrainingStatus | undefined;
  let snapshot: PumpSnapshot | undefined;
  let tagged: LiveTweet[] = [];

  const watcher = createModelWatcher({
    registry,
    load: (bundle) => loadModel(bundle, { inputOf: bundleInput, workers: options.workers }),
    intervalMs: MODEL_POLL_MS,
    onEvent: (event) => {
      log(modelLine(event));
    },
  });
  const handler = createTaggerHandler({
    tagger: {
      get modelId() {
        return watcher.modelId() ?? '';
      },
      tag: (texts) => watcher.use((model) => model.predictor.predict(texts)),
    },
    store,
    ledger,
    clock,
    onTagged: ({ id, text, author }, { entities, taggedAt }) => {
      tagged.push({ id, text, entities, taggedAt, ...(author === undefined ? {} : { author }) });
      top.add(entities);
    },
  });
  const pump = createPump({
    queue,
    handler,
    clock,
    visibilityTimeoutMs: VISIBILITY_TIMEOUT_MS,
    events: {
      onBatch: (result) => {
        hub.publish({ kind: 'tagged', tweets: tagged });
        tagged = [];
        for (const reason of new Set(result.reasons.values())) log(`a message will be tried again: ${reason}`);
      },
      onError: (error) => {
        log(`the tagger pauses: ${messageOf(error)}`);
      },
    },
  });
  const status = (): HostStatus => ({
    ready: watcher.modelId() !== undefined,
    modelId: watcher.modelId() ?? null,
    tweetsPerSecond: snapshot?.taggedPerSecond ?? 0,
    tagged: snapshot?.tagged ?? 0,
    failed: snapshot?.failed ?? 0,
    duplicates: snapshot?.duplicates ?? 0,
    rejected: ingest.rejected() + (snapshot?.quarantined ?? 0),
    queue: snapshot?.depth ?? { ready: 0, inFlight: 0, dead: 0 },
    ...(training === undefined ? {} : { training }),
  });
  const app = createApp({
    ingest: ingest.take,
    predict: (texts, options) =>
      watcher.use(async ({ predictor }) => ({
        model: predictor.modelId,
        results: await predictor.predict(texts, options),
      })),
    models: async () => modelSummaries(await registry.list()),
    status,
    events: hub,
    reportError: (error, requestId) => {
      log(`request ${requestId} failed: ${messageOf(error)}`);
    },
    ...(options.host === undefined ? {} : { hosts: [options.host] }),
    console: await buildConsole(),
  });

  const stop = new AbortController();
  let pumping: Promise<void> | undefined;
  // Without a model every message would fail and count as a try, so the pump waits for the first.
  const pumpOnceReady = (): void => {
    if (pumping !== undefined || watcher.modelId() === undefined || stop.signal.aborted) return;
    pumping = pump.run(stop.signal).catch((error: unknown) => {
      log(`the tagger stopped: ${messageOf(error)}`);
    });
  };
  const checkModel = async (): Promise<void> => {
    await watcher.check();
    pumpOnceReady();
  };
  const publishStatus = async (): Promise<void> => {
    pumpOnceReady();
    snapshot = await pump.snapshot();
    hub.publish({ kind: 'status', status: status() });
    hub.publish({ kind: 'top', top: top.top(TOP_ENTITIES) });
  };
  const server = await startServer({
    app,
    ...(options.port === undefined ? {} : { port: options.port, exactPort: true }),
    ...(options.host === undefined ? {} : { host: options.host }),
  });
  await watcher.start();
  pumpOnceReady();
  const prune = (): void => {
    ledger.prune(new Date(clock().getTime() - CLAIMS_KEPT_MS)).catch((error: unknown) => {
      log(`old claims could not be forgotten: ${messageOf(error)}`);
    });
  };
  prune();
  const pruner = setInterval(prune, DAY_MS);
  const ticker = setInterval(() => {
    publishStatus().catch((error: unknown) => {
      log(`the status is unknown: ${messageOf(error)}`);
    });
  }, STATUS_INTERVAL_MS);

  return {
    url: server.url,
    registry,
    status,
    showTraining: (now) => {
      training = now;
    },
    checkModel,
    streamFile: async (path, signal, tweetsPerSecond) => {
      let fresh = false;
      const progress = await runFileSource(
        {
          path,
          store,
          queue,
          clock,
          maxDepth: MAX_QUEUE_DEPTH,
          ...(tweetsPerSecond === undefined ? {} : { tweetsPerSecond }),
          onProgress: ({ done }) => {
            // A file that was at its end before has no progress but that it is done.
            fresh ||= !done;
          },
        },
        AbortSignal.any([signal, stop.signal]),
      );
      return { ...progress, fresh };
    },
    close: async () => {
      clearInterval(ticker);
      clearInterval(pruner);
      stop.abort();
      await server.close();
      await pumping;
      await watcher.stop();
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

function modelLine(event: ModelEvent): string {
  switch (event.kind) {
    case 'swapped':
      return `model ${event.modelId} serves${event.previous === undefined ? '' : ` in place of ${event.previous}`}`;
    case 'refused':
      return `model ${event.modelId ?? '?'} is refused, the one in use goes on: ${messageOf(event.error)}`;
    case 'release-failed':
      return `model ${event.modelId} could not be freed: ${messageOf(event.error)}`;
  }
}

function messageOf(error: unknown): string {
  if (error instanceof NerError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
