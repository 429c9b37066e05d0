/**
 * Where things lie in the object store, on disk as on S3. Grants in the cloud follow these prefixes: who may write what is
 * in docs/deploy.md.
 */
export const PREFIXES = {
  /** `datasets/NAME/VERSION/manifest.json` and the files that it names. Written by uploads. */
  datasets: 'datasets/',
  /** `frozen/NAME/manifest.json` and the test set that candidates are measured on. Written once, never by an upload. */
  frozen: 'frozen/',
  /** `encoders/NAME/...`: Hugging Face folders that training starts from. */
  encoders: 'encoders/',
  /** `jobs/JOB/checkpoints/...` and `jobs/JOB/output/model/...`. Written by training jobs alone. */
  jobs: 'jobs/',
  /** `models/ID/...` and the pointer `models/current.json`. */
  models: 'models/',
  /** `signatures/ID.json`: who vouches for a model. */
  signatures: 'signatures/',
  /** `evaluations/TEST/ID.json`: the tags of a model on a frozen test set, named after that set's SHA-256. */
  evaluations: 'evaluations/',
  /** `decisions/JOB.json`: what became of a job's model, and why. */
  decisions: 'decisions/',
  /** `tagged/dt=YYYY-MM-DD/hr=HH/PACK.ndjson`. */
  tagged: 'tagged/',
  quarantine: 'quarantine/',
  /** `trends/trends.sqlite`: the counts, in the cloud. */
  trends: 'trends/',
  /** `backfill/RUN/input/...`: files of tweets to tag. `backfill/RUN/tagged/...` until the run is swapped in; `replaced/...` after. */
  backfill: 'backfill/',
} as const;
