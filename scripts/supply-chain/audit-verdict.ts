import { z } from 'zod';

const reportSchema = z.object({
  vulnerabilities: z.record(z.string(), z.object({ severity: z.string(), range: z.string() })),
});

/** Holes that do not let a build through; the others are told. */
const REFUSED: ReadonlySet<string> = new Set(['high', 'critical']);

export interface AuditVerdict {
  readonly lines: readonly string[];
  readonly isClean: boolean;
}

/** What `npm audit --json` printed, in words. Without the registry nothing is known, and that is no pass. */
export function auditVerdict(output: string): AuditVerdict {
  let report: z.infer<typeof reportSchema> | undefined;
  try {
    report = reportSchema.safeParse(JSON.parse(output)).data;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (report === undefined) {
    const line = 'known holes were not looked for: that needs a registry that answers `npm audit`, and none did';
    return { lines: [line], isClean: false };
  }
  const holes = Object.entries(report.vulnerabilities);
  const lines = holes.map(([name, { severity, range }]) => `${name} ${range} has a hole: ${severity}`);
  return {
    lines: holes.length === 0 ? ['no hole is known in what is shipped'] : lines,
    isClean: holes.every(([, { severity }]) => !REFUSED.has(severity)),
  };
}
