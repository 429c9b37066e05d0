import type { Plugin } from 'esbuild';

/**
 * Loads a package that stays outside of the bundle where its import stands among the bundled modules. As an import of the
 * bundle it would come before all of them, and onnxruntime before the line of shared/env.ts that ends its telemetry.
 */
export function latePackage(name: string): Plugin {
  const namespace = 'late-package';
  return {
    name: namespace,
    setup: (build) => {
      build.onResolve({ filter: new RegExp(`^${name}$`) }, ({ namespace: from }) =>
        from === namespace ? { path: name, external: true } : { path: name, namespace },
      );
      build.onLoad({ filter: /.*/, namespace }, () => ({
        contents: `module.exports = require(${JSON.stringify(name)});`,
        loader: 'js',
      }));
    },
  };
}
