import { hubSettings } from '../training/models/hub/hub-settings.ts';
import type { EncoderSource } from '../training/job/training-job.ts';

/** An encoder as it is named on the command line; where and how the hub is reached is up to the environment. */
export function encoderSource(name: string, revision: string | undefined): EncoderSource {
  return { name, revision, hub: hubSettings() };
}
