import { html } from 'hono/html';
import { factList, type Markup } from './markup.ts';
import type { ReportData } from './report-data.ts';

/** Every setting by its dotted path, and where the figures were made. */
export function settingsSection({ recipe, environment, model }: ReportData): Markup {
  const engine = { tagwright: model.engine.tagwright, onnxruntime: model.engine.onnxruntime };
  return html`<section>
    <h2>Settings</h2>
    ${factList(flattened(recipe), 'settings')}
    <h3>Environment</h3>
    ${factList(Object.entries({ ...engine, ...environment }), 'settings')}
  </section>`;
}

/** `{ train: { epochs: 3 } }` as `train.epochs`, 3; of a list of objects each by itself. */
function flattened(value: Readonly<Record<string, unknown>>, prefix = ''): [string, string][] {
  return Object.entries(value).flatMap(([key, inner]): [string, string][] => {
    const path = prefix + key;
    if (isObject(inner)) return flattened(inner, `${path}.`);
    if (Array.isArray(inner) && inner.some(isObject)) {
      return inner.map((item: unknown, i) => [`${path}.${i}`, isObject(item) ? inOneLine(item) : text(item)]);
    }
    return [[path, text(inner)]];
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function inOneLine(value: Readonly<Record<string, unknown>>): string {
  return flattened(value)
    .map(([name, of]) => `${name} ${of}`)
    .join(', ');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
