import { enableCompileCache, getCompileCacheDir } from 'node:module';

// Keeps what Node makes of the sources, types stripped and compiled, for the next start: half of the time that loading them
// takes. Where it lies is up to Node (NODE_COMPILE_CACHE, else the folder for temporary files); NODE_DISABLE_COMPILE_CACHE=1
// leaves it out. Worker threads and child processes are told by the environment.
enableCompileCache();
const folder = getCompileCacheDir();
if (folder !== undefined) process.env['NODE_COMPILE_CACHE'] = folder;
