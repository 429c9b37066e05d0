/** Labels of the pieces of each text, those of O left out. */
export type PieceLabels = readonly (readonly string[])[];

/** The share of texts whose labels are the same, in percent. */
export function agreementPercent(ours: PieceLabels, reference: PieceLabels): number {
  if (ours.length !== reference.length) throw new Error(`got ${ours.length} texts; expected ${reference.length}`);
  const same = ours.filter((labels, i) => labels.join() === reference[i]!.join()).length;
  return (100 * same) / ours.length;
}
