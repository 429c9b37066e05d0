import type { LoadedModel } from '../model/load-model.ts';

/** A model that is released when it is retired and nobody uses it any more. */
export class ModelHandle {
  readonly model: LoadedModel;
  readonly #idle = Promise.withResolvers<undefined>();
  #users = 0;
  #released: Promise<void> | undefined;

  constructor(model: LoadedModel) {
    this.model = model;
  }

  async use<T>(work: (model: LoadedModel) => Promise<T>): Promise<T> {
    this.#users++;
    try {
      return await work(this.model);
    } finally {
      this.#users--;
      if (this.#users === 0 && this.#released !== undefined) this.#idle.resolve(undefined);
    }
  }

  /** No call may begin from now on. Resolves when the last one has ended and the model is released. */
  retire(): Promise<void> {
    if (this.#users === 0) this.#idle.resolve(undefined);
    return (this.#released ??= this.#idle.promise.then(() => this.model.release()));
  }
}
