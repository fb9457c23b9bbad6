import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'vue/compiler-sfc';
import { describe, expect, it } from 'vitest';

const project = join(import.meta.dirname, '..', '..');

/** Not said in any text: what stands for it is in the glossary of `src-renderer/README.md`. */
const forbidden: Readonly<Record<string, RegExp>> = {
  dataset: /\bdata[ -]sets?\b/i,
  'hyper-parameter': /\bhyper ?parameters?\b/,
  'world model': /\breward models?\b/i,
  delete: /\b(deleted? for good|erased?|removed? (it )?from the disk)\b/i,
  'cannot be undone': /\btaken back\b/i,
  cancel: /\b(Keep it|Abort)\b/,
  licence: /\blicenses?\b/,
  favourite: /\bfavorites?\b/i,
  colour: /\bcolors? (of|by|for)\b/i,
  cancelled: /\bcancel(ed|ing)\b/,
};

/** Names and keys that are written with a capital letter in the midst of a text. */
const names =
  /^(Offrec|Coat|Holm|Welch|Mann|Hedges|Student|English|Excel|Electron|Chromium|Node|Ctrl|Alt|Shift|Enter|Space|Escape|Runs|Tables|Datasets|Checkpoints|Health|Settings|Queue|Compare|New|Home|Gini|Std|LaTeX|Markdown|DORL|MBPO|YAML|CSV|TSV|JSONL?|JSON|Parquet|TensorFlow|NVIDIA|GPU|CPU|IQM|PNG|PDF|SVG|URL|AND|OR|NOT|GiB|MiB|I|U|R|P|n|FILE|MIT|Browse…|Choose…)/;

interface TemplateNode {
  readonly type: number;
  readonly content?: unknown;
  readonly props?: readonly {
    readonly type: number;
    readonly name: string;
    readonly value?: { readonly content: string };
  }[];
  readonly children?: readonly TemplateNode[];
}

const readAloud = new Set(['title', 'placeholder', 'aria-label', 'label']);

/** Texts of a template that are there as they are: between tags, and in attributes that are shown or read aloud. */
function textsOf(node: TemplateNode): string[] {
  const own = node.type === 2 && typeof node.content === 'string' ? [node.content] : [];
  const attributes = (node.props ?? []).flatMap(({ type, name, value }) =>
    type === 6 && readAloud.has(name) && value !== undefined ? [value.content] : [],
  );
  return [...own, ...attributes, ...(node.children ?? []).flatMap(textsOf)].map((text) =>
    text.replace(/\s+/g, ' ').trim(),
  );
}

const templates = globSync('src-renderer/**/*.vue', { cwd: project }).map((file) => {
  const { template } = parse(readFileSync(join(project, file), 'utf8')).descriptor;
  const texts = template?.ast === undefined ? [] : textsOf(template.ast as unknown as TemplateNode);
  return { file, texts: texts.filter((text) => /[A-Za-z]{2}/.test(text)) };
});

/** Strings of a program in which words stand: those with a blank. */
function stringsOf(file: string): string[] {
  const text = readFileSync(join(project, file), 'utf8');
  return [...text.matchAll(/'([^'\n]* [^'\n]*)'|`([^`\n]* [^`\n]*)`/g)].map(
    ([, single, template]) => single ?? template ?? '',
  );
}

describe('what is said to the reader', () => {
  it('is found in the templates at all', () => {
    expect(templates.length).toBeGreaterThan(80);
    expect(templates.flatMap(({ texts }) => texts).length).toBeGreaterThan(400);
    expect(templates.find(({ file }) => file.endsWith('DatasetsView.vue'))?.texts).toContain(
      'Import a dataset',
    );
  });

  it('calls one thing by one word', () => {
    const programs = globSync(
      ['src-renderer/**/*.{ts,vue}', 'src-main/{core,doors,report,supervise}/**/*.ts'],
      { cwd: project },
    ).map((file) => ({ file, texts: stringsOf(file) }));
    const found = [...templates, ...programs].flatMap(({ file, texts }) =>
      texts.flatMap((text) =>
        Object.entries(forbidden)
          .filter(([, pattern]) => pattern.test(text))
          .map(([word]) => `${file}: “${text}” should say ${word}`),
      ),
    );
    expect(found).toEqual([]);
  });

  it('is in sentence case', () => {
    const found = templates.flatMap(({ file, texts }) =>
      texts
        .filter((text) =>
          // A capital in the midst of a sentence that begins no name, key or page.
          [...text.matchAll(/(?<![.:!?…–·(“] ?)(?<=[a-z,] )([A-Z][\wÀ-ÿ…]*)/g)].some(
            ([, word = '']) => !names.test(word),
          ),
        )
        .map((text) => `${file}: “${text}”`),
    );
    expect(found).toEqual([]);
  });
});
