import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NerError } from '../../shared/ner-error.ts';
import { reportData, type ReportData } from './report-data.ts';
import { reportHtml } from './report-html.ts';
import type { ReportInput } from './report-input.ts';

export const REPORT_FILES = { page: 'report.html', data: 'report.json' } as const;

/** The files of a report by name, for a bundle that holds them. */
export async function reportFiles(input: ReportInput): Promise<Record<string, Uint8Array>> {
  return filesOf(reportData(input));
}

/**
 * Writes report.html and report.json into a folder, which is made where it is missing; other files in it are left alone.
 *
 * @throws {E_FILE_UNWRITABLE} when they cannot be written
 */
export async function writeReport(folder: string, input: ReportInput): Promise<ReportData> {
  const data = reportData(input);
  const files = await filesOf(data);
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NerError(
      'E_FILE_UNWRITABLE',
      `writeReport: ${folder}: cannot be written: ${reason}. Name a folder that may be written.`,
      { cause },
    );
  }
  return data;
}

async function filesOf(data: ReportData): Promise<Record<string, Uint8Array>> {
  return {
    [REPORT_FILES.page]: Buffer.from(await reportHtml(data)),
    [REPORT_FILES.data]: Buffer.from(`${JSON.stringify(data)}\n`),
  };
}
