export const LIBRARIES: readonly string[];
export function lockText(text: string, folder: string): string;
