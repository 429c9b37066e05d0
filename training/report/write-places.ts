import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NerError } from '../../shared/ner-error.ts';
import type { PlacesData } from './places-data.ts';
import { placesPage } from './places-page.ts';

export const PLACES_FILES = { page: 'places.html', data: 'places.json' } as const;

/**
 * Writes places.html and places.json into a folder, which is made where it is missing; other files in it are left alone.
 *
 * @throws {E_FILE_UNWRITABLE} when they cannot be written
 */
export async function writePlaces(folder: string, data: PlacesData): Promise<void> {
  const page = await placesPage(data);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, PLACES_FILES.page), page);
    await writeFile(join(folder, PLACES_FILES.data), `${JSON.stringify(data, null, 2)}\n`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NerError(
      'E_FILE_UNWRITABLE',
      `writePlaces: ${folder}: cannot be written: ${reason}. Name a folder that may be written.`,
      { cause },
    );
  }
}
