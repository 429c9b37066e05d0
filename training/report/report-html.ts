import { html } from 'hono/html';
import { appendixSection } from './appendix.ts';
import { calibrationSection } from './calibration-section.ts';
import { confusionTables, errorKindsSection } from './errors-section.ts';
import { examplesSection } from './examples-section.ts';
import { figuresTable, headline, perTypeTable } from './figures-section.ts';
import { factList, nothing, type Markup } from './markup.ts';
import { page } from './page.ts';
import type { ReportData, SplitReport } from './report-data.ts';
import { settingsSection } from './settings-section.ts';
import { curvesSection, dataSection } from './training-section.ts';

/** The report as one page: nothing to fetch, no scripts, light and dark, printable. */
export async function reportHtml(report: ReportData): Promise<string> {
  const { model, splits } = report;
  const body = html`<header>
      <h1>Tagger report</h1>
      ${facts(report)}
      <p class="lead">
        F1 of entities in per cent: seqeval default mode, micro average, scheme ${model.scheme}. Intervals by bootstrap
        over sentences.
      </p>
      ${headline(report)}
    </header>
    <main>
      <section>
        <h2>Figures</h2>
        ${figuresTable(report)}
      </section>
      ${splits.map(splitSection)} ${(report.appendices ?? []).map(appendixSection)} ${curvesSection(report)}
      ${dataSection(report)} ${settingsSection(report)}
    </main>`;
  return page(model.id === null ? 'Tagger report' : `Tagger report ${model.id}`, body);
}

function facts({ model }: ReportData): Markup {
  const { id, types, head, temperature, seed, engine } = model;
  return factList([
    ['Model', id === null ? 'its id stands in manifest.json beside this page' : html`<code>${id}</code>`],
    ['Finds', types.join(', ')],
    ['Scheme', model.scheme],
    ['Decoder', head === 'crf' ? 'CRF' : 'each word for itself, within the scheme'],
    ['Temperature', temperature.toFixed(2)],
    ['Seed', String(seed)],
    ['Made by', `Tagwright ${engine.tagwright}, onnxruntime ${engine.onnxruntime}`],
  ]);
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
