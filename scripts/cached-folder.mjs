// A folder outside the clone that is built once and used by every later run: plain JavaScript that any Node runs.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where such folders lie: `tagwright` in the user's cache folder. */
export function cacheFolder(env = process.env) {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tagwright');
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Removes what builders have left that were ended half-way. */
function removeLeftovers(cache, name) {
  const prefix = `${name}.building-`;
  for (const entry of readdirSync(cache)) {
    if (entry.startsWith(prefix) && !isRunning(Number(entry.slice(prefix.length)))) {
      rmSync(join(cache, entry), { recursive: true, force: true });
    }
  }
}

/**
 * The path of `name` in the cache. It is built where it is not there or not `isUsable`: under another name, and renamed
 * when it is done, so that a folder of that name is never half a one, whoever ends the builder and however many build
 * at once. What `build` throws is thrown on, and nothing stays.
 */
export function cachedFolder(name, { cache = cacheFolder(), isUsable = () => true, build }) {
  const folder = join(cache, name);
  const isThere = () => existsSync(folder) && isUsable(folder);
  if (isThere()) return folder;
  mkdirSync(cache, { recursive: true });
  removeLeftovers(cache, name);
  const building = `${folder}.building-${process.pid}`;
  try {
    build(building);
    // Another process may have been faster, and may use its folder by now.
    if (!isThere()) {
      rmSync(folder, { recursive: true, force: true });
      renameSync(building, folder);
    }
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  return folder;
}
