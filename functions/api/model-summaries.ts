import type { ModelSummary } from '../../shared/contracts/api.ts';
import type { RegistryListing } from '../../shared/registry/registry.ts';

/** The registry's models as the API shows them; damaged ones are left out. */
export function modelSummaries({ models }: RegistryListing): readonly ModelSummary[] {
  return models.map(({ manifest, current, sizeBytes }) => ({
    id: manifest.id,
    current,
    labels: manifest.labels,
    metrics: Object.fromEntries(
      Object.entries(manifest.metrics).map(
        ([
          split,
          {
            entity: { precision, recall, f1 },
          },
        ]) => [split, { precision, recall, f1 }],
      ),
    ),
    sizeBytes,
  }));
}
