import { html, raw } from 'hono/html';
import { readFileSync } from 'node:fs';
import { calibrationSection } from './calibration-section.ts';
import { confusionTables, errorKindsSection } from './errors-section.ts';
import { examplesSection } from './examples-section.ts';
import { figuresTable, headline, perTypeTable } from './figures-section.ts';
import { nothing, type Markup } from './markup.ts';
import type { ReportData, SplitReport } from './report-data.ts';
import { settingsSection } from './settings-section.ts';
import { curvesSection, dataSection } from './training-section.ts';

const STYLE = readFileSync(new URL('./report.css', import.meta.url), 'utf8');

/** The report as one page: nothing to fetch, no scripts, light and dark, printable. */
export async function reportHtml(report: ReportData): Promise<string> {
  const { model, splits } = report;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${model.id === null ? 'Tagger report' : `Tagger report ${model.id}`}</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>Tagger report</h1>
          ${facts(report)}
          <p class="lead">
            F1 of entities in per cent: seqeval default mode, micro average, scheme ${model.scheme}. Intervals by
            bootstrap over sentences.
          </p>
          ${headline(report)}
        </header>
        <main>
          <section>
            <h2>Figures</h2>
            ${figuresTable(report)}
          </section>
          ${splits.map(splitSection)} ${curvesSection(report)} ${dataSection(report)} ${settingsSection(report)}
        </main>
      </body>
    </html>`;
  return `${(await page).toString()}\n`;
}

function facts({ model }: ReportData): Markup {
  const { id, types, head, temperature, seed, engine } = model;
  const entries: readonly (readonly [string, string | Markup])[] = [
    ['Model', id === null ? 'its id stands in manifest.json beside this page' : html`<code>${id}</code>`],
    ['Finds', types.join(', ')],
    ['Scheme', model.scheme],
    ['Decoder', head === 'crf' ? 'CRF' : 'each word for itself, within the scheme'],
    ['Temperature', temperature.toFixed(2)],
    ['Seed', String(seed)],
    ['Made by', `Tagwright ${engine.tagwright}, onnxruntime ${engine.onnxruntime}`],
  ];
  return html`<dl class="facts">
    ${entries.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div> `,
    )}
  </dl>`;
}

function splitSection(split: SplitReport, index: number): Markup {
  return html`<section>
    <h2><bdi>${split.name}</bdi></h2>
    ${perTypeTable(split)}
    <h3>Kinds of errors</h3>
    ${errorKindsSection(split)}
    <h3>Confusion</h3>
    ${confusionTables(split)}
    <h3>Calibration</h3>
    ${calibrationSection(split, `reliability-${index}`)}
    ${split.examples === null || split.examples.length > 0 ? html`<h3>Worst examples</h3>` : nothing}
    ${examplesSection(split)}
  </section>`;
}
