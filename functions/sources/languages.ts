import type { Source } from './source.ts';

/**
 * The source with only the tweets of these languages, by the code before the first hyphen: `en` stands for `en-GB` too.
 * A tweet that does not say its language is left out. What cannot be a tweet still comes through.
 */
export function withLanguages(source: Source, languages: readonly string[]): Source {
  const wanted = new Set(languages.map(primary));
  return {
    name: source.name,
    deliveries: async function* (start, signal) {
      for await (const { tweets, ...rest } of source.deliveries(start, signal)) {
        yield { ...rest, tweets: tweets.filter(({ lang }) => lang !== undefined && wanted.has(primary(lang))) };
      }
    },
  };
}

function primary(language: string): string {
  return language.split('-')[0]!.toLowerCase();
}
