import type { HubSettings } from '../../training/models/hub/hub-settings.ts';

/** For encoders that are folders: nothing is fetched. */
export const offlineHub: HubSettings = {
  endpoint: 'http://127.0.0.1:9',
  token: undefined,
  cacheDir: 'no-hub-cache',
  offline: true,
};
