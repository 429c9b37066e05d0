import '../env.ts';
import { listSupportedBackends } from 'onnxruntime-node';

/** Something that onnxruntime can run graphs on. */
export interface OrtBackend {
  readonly name: string;
  /** False when its libraries are to be installed apart. */
  readonly bundled: boolean;
}

/** What this build of onnxruntime knows to run graphs on. Tagwright uses `cpu`. */
export function ortBackends(): readonly OrtBackend[] {
  return listSupportedBackends();
}
