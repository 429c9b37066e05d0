import type { LockedPackage } from './lock.ts';

/**
 * Packages that may have an install script. .npmrc switches all of them off; that of `node` alone is run, by name, in
 * scripts/run.mjs. What has one is listed, so that one that comes along with an update is seen.
 */
export const INSTALL_SCRIPTS: Readonly<Record<string, string>> = {
  esbuild: 'checks its binary; its platform package brings it',
  fsevents: 'macOS alone, built for vitest',
  node: 'puts the pinned Node in place',
  'onnxruntime-node': 'would download CUDA libraries',
};

/** What is wrong with a lock file, a line each; none when all is well. */
export function lockProblems(packages: readonly LockedPackage[]): readonly string[] {
  return packages.flatMap(({ name, path, resolved, integrity, inBundle = false, hasInstallScript = false }) => [
    ...(integrity === undefined && !inBundle ? [`${path}: there is no hash, so that anything could be installed`] : []),
    ...(resolved === undefined
      ? []
      : [`${path}: is fetched from ${resolved}; expected the registry of whoever installs`]),
    ...(hasInstallScript && !(name in INSTALL_SCRIPTS) ? [`${path}: has an install script that nobody has read`] : []),
  ]);
}
