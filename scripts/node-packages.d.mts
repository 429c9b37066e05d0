export interface NodePackagesOptions {
  readonly cache?: string;
  readonly say?: (line: string) => void;
}

/** Where the packages are, or why they are not. */
export type NodePackages =
  { readonly folder: string; readonly missing?: never } | { readonly missing: string; readonly folder?: never };

export function ensureNodePackages(source: string, options?: NodePackagesOptions): NodePackages;
