export interface CachedFolderOptions {
  /** Folder of all such folders. Default: `tagwright` in the user's cache folder. */
  readonly cache?: string | undefined;
  /** Whether a folder of an earlier run still does. */
  readonly isUsable?: (folder: string) => boolean;
  /** Makes the folder, whose parent is there. */
  readonly build: (folder: string) => void;
}
export function cacheFolder(env?: Readonly<Record<string, string | undefined>>): string;
export function cachedFolder(name: string, options: CachedFolderOptions): string;
