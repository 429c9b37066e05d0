import { lockedPackages, packageName, type PackageLock } from './package-lock.ts';

/** Packages that have install scripts, and why that is known. npm runs none of them (.npmrc). */
export const KNOWN_INSTALL_SCRIPTS: Readonly<Record<string, string>> = {
  esbuild: 'Its script only checks the binary that an optional package brings.',
  node: 'Puts the pinned Node in place; scripts/run.mjs calls what it needs of it by name.',
  'onnxruntime-node': 'Downloads CUDA libraries; the trainer image installs them by hash instead.',
};

/** What makes the lock file say less than it should: each line names a package and what is wrong. */
export function lockProblems(lock: PackageLock): readonly string[] {
  const problems: string[] = [];
  if (lock.lockfileVersion !== 3) problems.push(`the lock file has version ${lock.lockfileVersion}; expected 3`);
  const seen = new Set<string>();
  for (const [path, { version, integrity, resolved, hasInstallScript, inBundle }] of lockedPackages(lock)) {
    const name = packageName(path);
    if (!path.startsWith('node_modules/')) problems.push(`${path} is not of a registry`);
    if (version === undefined) problems.push(`${path} has no version`);
    if (inBundle !== true && !/^sha512-/.test(integrity ?? '')) problems.push(`${path} has no SHA-512`);
    // What is installed is what the hash says, from whatever registry npm is set to.
    if (resolved !== undefined) problems.push(`${path} names the address that it is from`);
    if (hasInstallScript !== true) continue;
    seen.add(name);
    if (!Object.hasOwn(KNOWN_INSTALL_SCRIPTS, name))
      problems.push(`${path} has an install script that nobody has looked at`);
  }
  for (const name of Object.keys(KNOWN_INSTALL_SCRIPTS)) {
    if (!seen.has(name)) problems.push(`${name} has no install script any more: take it off the list`);
  }
  return problems;
}
