import type { Bundle } from '../model/bundle.ts';
import type { LoadedModel } from '../model/load-model.ts';
import { NerError } from '../ner-error.ts';
import { ModelHandle } from './model-handle.ts';
import type { Registry } from './registry.ts';

/** What a watcher tells. `modelId` is undefined where the pointer itself could not be read. */
export type ModelEvent =
  | { readonly kind: 'swapped'; readonly modelId: string; readonly previous: string | undefined }
  | { readonly kind: 'refused'; readonly modelId: string | undefined; readonly error: unknown }
  /** After a refusal the pointer names the model in use again: somebody rolled back. */
  | { readonly kind: 'settled'; readonly modelId: string }
  | { readonly kind: 'release-failed'; readonly modelId: string; readonly error: unknown };

export interface ModelWatcherOptions {
  readonly registry: Pick<Registry, 'current' | 'currentEtag' | 'load'>;
  /** Makes a verified bundle ready to answer, or throws; see `loadModel`. */
  readonly load: (bundle: Bundle) => Promise<LoadedModel>;
  /** Time between the end of one look at the pointer and the next. */
  readonly intervalMs: number;
  /** Brings the model that serves for as long as none was ever promoted; without it nothing serves until then. */
  readonly fallback?: () => Promise<LoadedModel>;
  /** Must not throw. */
  readonly onEvent?: (event: ModelEvent) => void;
}

/** Follows the registry's pointer: there is one model to use at any time, and calls never see it change under them. */
export interface ModelWatcher {
  /** The model's id; undefined before the first one is loaded. */
  modelId(): string | undefined;
  /**
   * Calls `work` with the current model, which stays usable until the promise settles, whatever is promoted meanwhile.
   *
   * @throws {E_NOT_READY} no model is loaded
   */
  use<T>(work: (model: LoadedModel) => Promise<T>): Promise<T>;
  /** Looks at the pointer now and swaps the model if it changed. Never throws: the listener is told. */
  check(): Promise<void>;
  /** Looks at the pointer now and then at intervals. Resolves after the first look. */
  start(): Promise<void>;
  /** Ends the watch and frees the model, after the calls under way. */
  stop(): Promise<void>;
}

/** A model that is refused is tried again after 1, 2, 4, ... looks: it may be published again under the same id. */
const MAX_LOOKS_BETWEEN_TRIES = 64;

export function createModelWatcher(options: ModelWatcherOptions): ModelWatcher {
  const watcher = new Watcher(options);
  return {
    modelId: () => watcher.modelId(),
    use: (work) => watcher.use(work),
    check: () => watcher.check(),
    start: () => watcher.start(),
    stop: () => watcher.stop(),
  };
}

class Watcher {
  readonly #options: ModelWatcherOptions;
  /** Models that were replaced and still have calls under way. */
  readonly #retiring = new Set<Promise<void>>();
  #handle: ModelHandle | undefined;
  /** ETag of the pointer that was looked at last. */
  #seen: string | undefined;
  #failures = 0;
  /** The last look that found something to do was in vain. */
  #isRefusing = false;
  #looksToSkip = 0;
  #checking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: ModelWatcherOptions) {
    this.#options = options;
  }

  modelId(): string | undefined {
    return this.#handle?.model.manifest.id;
  }

  async use<T>(work: (model: LoadedModel) => Promise<T>): Promise<T> {
    if (this.#handle !== undefined) return this.#handle.use(work);
    throw new NerError(
      'E_NOT_READY',
      'use: no model is loaded yet. Train and promote one, or wait until it is loaded.',
    );
  }

  check(): Promise<void> {
    this.#checking ??= this.#look().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  async start(): Promise<void> {
    await this.check();
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.start(), this.#options.intervalMs);
    // A process that has nothing else to do may end.
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#checking;
    this.#swap(undefined);
    await Promise.all(this.#retiring);
  }

  async #look(): Promise<void> {
    let modelId: string | undefined;
    try {
      const etag = await this.#options.registry.currentEtag();
      const isChanged = etag !== this.#seen;
      if (etag === undefined) {
        await this.#fallBack();
        return;
      }
      if (!isChanged && (this.#failures === 0 || --this.#looksToSkip > 0)) return;
      if (isChanged) this.#failures = 0;
      this.#seen = etag;
      modelId = (await this.#options.registry.current())?.pointer.modelId;
      if (modelId !== undefined && modelId !== this.modelId()) await this.#replace(modelId);
      else if (modelId !== undefined && this.#isRefusing) this.#options.onEvent?.({ kind: 'settled', modelId });
      this.#isRefusing = false;
      this.#failures = 0;
    } catch (error) {
      this.#looksToSkip = Math.min(2 ** this.#failures, MAX_LOOKS_BETWEEN_TRIES);
      this.#failures++;
      this.#isRefusing = true;
      this.#options.onEvent?.({ kind: 'refused', modelId, error });
    }
  }

  async #fallBack(): Promise<void> {
    const { fallback } = this.#options;
    if (fallback !== undefined && this.#handle === undefined) await this.#serve(await fallback());
  }

  async #replace(modelId: string): Promise<void> {
    const { registry, load } = this.#options;
    await this.#serve(await load(await registry.load(modelId)));
  }

  async #serve(model: LoadedModel): Promise<void> {
    if (this.#isStopped) {
      await model.release();
      return;
    }
    const previous = this.modelId();
    this.#swap(new ModelHandle(model));
    this.#options.onEvent?.({ kind: 'swapped', modelId: model.manifest.id, previous });
  }

  #swap(next: ModelHandle | undefined): void {
    const old = this.#handle;
    this.#handle = next;
    if (old === undefined) return;
    const modelId = old.model.manifest.id;
    const retired = old
      .retire()
      .catch((error: unknown) => this.#options.onEvent?.({ kind: 'release-failed', modelId, error }))
      .finally(() => this.#retiring.delete(retired));
    this.#retiring.add(retired);
  }
}
