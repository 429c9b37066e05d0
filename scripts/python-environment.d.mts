export interface PythonEnvironmentOptions {
  /** File of pip requirements, complete: dependencies of dependencies are not looked for. Default: those of the peers. */
  readonly requirements?: string;
  /** Python that the environment is made with. Default `python3`. */
  readonly basePython?: string;
  /** Python that has to run in the finished environment. Default: the imports of the peers. */
  readonly check?: string;
  /** How much there is to download, for people. Default: that of the peers. */
  readonly download?: string;
  readonly cache?: string;
  readonly say?: (line: string) => void;
}

/** The environment's Python, or why there is none. */
export type PythonEnvironment =
  { readonly python: string; readonly missing?: never } | { readonly missing: string; readonly python?: never };

export function ensurePythonEnvironment(options?: PythonEnvironmentOptions): PythonEnvironment;
