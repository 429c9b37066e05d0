import { fetchEncoder } from '../../training/models/hub/fetch-encoder.ts';

// Fetches a model and prints where it is. Arguments: endpoint, folder of the cache, id.
const [endpoint, cacheDir, id] = process.argv.slice(2) as [string, string, string];
const { folder } = await fetchEncoder({
  endpoint,
  cacheDir,
  id,
  token: undefined,
  offline: false,
  onProgress: ({ file, fileDone }) => {
    process.stderr.write(`${file} ${fileDone}\n`);
  },
});
process.stdout.write(folder);
