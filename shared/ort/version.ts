import { createRequire } from 'node:module';

const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };

/** The version of onnxruntime that runs the graphs. */
export const onnxruntimeVersion = version;
