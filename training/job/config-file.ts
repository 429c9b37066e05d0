import type { LabelSet } from '../../shared/labels/label-set.ts';

/** The entries of a Hugging Face config.json that name the labels. */
export function labelMaps({ labels }: LabelSet): {
  readonly id2label: Readonly<Record<string, string>>;
  readonly label2id: Readonly<Record<string, number>>;
} {
  return {
    id2label: Object.fromEntries(labels.map((label, i) => [String(i), label])),
    label2id: Object.fromEntries(labels.map((label, i) => [label, i])),
  };
}

/** A value as the bytes of a JSON file. */
export function jsonFile(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}
