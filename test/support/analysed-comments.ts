import { labelReading } from '../../training/analysis/label-reading.ts';
import type { Analysis, Mention } from '../../training/analysis/analyse-comments.ts';
import { groupNames } from '../../training/analysis/name-groups.ts';
import { clusterNames } from '../../training/analysis/name-clusters.ts';
import { formOf, type Name } from '../../training/analysis/name.ts';
import type { Comment } from '../../training/data/comments-csv.ts';

/** What a comment of the tests says; names stand in brackets with their type: `the [Nimbus Air|PROD] is loud`. */
export interface MarkedComment {
  readonly text: string;
  readonly author?: string;
  readonly likes?: number;
  readonly labels?: Partial<Comment['labels']>;
}

const NO_LABELS: Comment['labels'] = {
  Relevance: '',
  Polarity: '',
  'Feature request': '',
  'Problem report': '',
  Efficiency: '',
  Safety: '',
};

/** The analysis of comments whose names are given instead of found; letters bring names together. */
export function analysed(marked: readonly MarkedComment[]): Analysis {
  const mentions: Mention[] = [];
  const comments = marked.map(({ text: source, author = 'ann', likes = 0, labels = {} }, i): Comment => {
    const found: { text: string; type: string; start: number }[] = [];
    let text = '';
    for (const part of source.split(/(\[[^\]]*\])/u)) {
      const [, name, type] = /^\[(.*)\|(.*)\]$/su.exec(part) ?? [];
      if (name !== undefined) found.push({ text: name, type: type!, start: text.length });
      text += name ?? part;
    }
    const shared = { id: `c${i + 1}`, line: i + 2, date: '2021-03-01', author, likes, replies: 0, text };
    const comment = { ...shared, labels: { ...NO_LABELS, ...labels } };
    for (const { text: name, type, start } of found) {
      const end = start + name.length;
      const [startCp, endCp] = [Array.from(text.slice(0, start)).length, Array.from(text.slice(0, end)).length];
      const entity = { type, text: name, start, end, startCp, endCp, score: 0.9 };
      mentions.push({ comment, entity, form: formOf(name) });
    }
    return comment;
  });
  const names = namesIn(mentions);
  return {
    file: 'folder/comments.csv',
    modelId: '0123456789abcdef',
    comments,
    mentions,
    names: groupNames(names, clusterNames(names)),
    decisions: [],
    lettersOnly: 'the model has no transformer encoder',
    isSet: labelReading(),
    notices: [],
  };
}

function namesIn(mentions: readonly Mention[]): readonly Name[] {
  const byName = Map.groupBy(mentions, ({ entity, form }) => `${entity.type}:${form}`);
  return [...byName.values()].map((ofName) => {
    const spellings = [...Map.groupBy(ofName, ({ entity }) => entity.text)];
    return {
      type: ofName[0]!.entity.type,
      form: ofName[0]!.form,
      comments: new Set(ofName.map(({ comment }) => comment)).size,
      spellings: new Map(spellings.map(([text, all]) => [text, all.length])),
    };
  });
}
