import type { ErrorCode } from '../ner-error.ts';
import type { Tensor } from './tensor.ts';

/** What a worker thread is started with. */
export interface InferenceSettings {
  /** In shared memory, so that each thread does not hold a copy of its own before the session is made. */
  readonly model: Uint8Array<SharedArrayBuffer>;
  readonly threads: number;
}

export type ToWorker =
  | {
      readonly kind: 'run';
      readonly feeds: Readonly<Record<string, Tensor>>;
      readonly outputs: readonly string[] | undefined;
    }
  | { readonly kind: 'stop' };

export type FromWorker =
  | { readonly kind: 'ready'; readonly inputNames: readonly string[]; readonly outputNames: readonly string[] }
  | { readonly kind: 'done'; readonly outputs: Record<string, Tensor> }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };
