import { autocompletion, completionKeymap, type CompletionSource } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { Annotation, EditorState } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { onBeforeUnmount, onMounted, type ShallowRef } from 'vue';
import type { FileProblem } from '#contract/routes/experiments.ts';

/** Marks changes that came from the form, so that they are not told back. */
const fromOutside = Annotation.define<boolean>();

const colours = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: 'var(--accent)' },
  { tag: [tags.string, tags.content], color: 'var(--text)' },
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.punctuation, tags.separator, tags.brace], color: 'var(--muted)' },
]);

const look = EditorView.theme({
  '&': {
    height: '100%',
    backgroundColor: 'var(--surface)',
    color: 'var(--text)',
    fontSize: '13px',
  },
  '.cm-scroller': { fontFamily: "ui-monospace, 'DejaVu Sans Mono', monospace", lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--text)', padding: '8px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': {
    backgroundColor: 'var(--surface)',
    color: 'var(--muted)',
    borderRight: '1px solid var(--line)',
  },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--accent-soft) 45%, transparent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground':
    {
      backgroundColor: 'var(--accent-soft)',
    },
  '.cm-tooltip': {
    backgroundColor: 'var(--surface)',
    color: 'var(--text)',
    border: '1px solid var(--line)',
    borderRadius: '6px',
  },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent-soft)',
    color: 'var(--text)',
  },
  '.cm-completionInfo': { maxWidth: '300px' },
  '.cm-lintRange-error': { textDecoration: 'underline wavy var(--bad)', backgroundImage: 'none' },
});

function diagnosticsOf(state: EditorState, problems: readonly FileProblem[]): Diagnostic[] {
  return problems.flatMap(({ line, column, message, hint }): Diagnostic[] => {
    if (line === null) return [];
    const row = state.doc.line(Math.min(line, state.doc.lines));
    const from = Math.min(row.to, row.from + (column ?? 1) - 1);
    const rest = state.sliceDoc(from, row.to);
    const length = /^[^\s,\]}#]+/.exec(rest)?.[0].length ?? 0;
    const text = hint === null ? message : `${message} ${hint}`;
    return [{ from, to: from + length, severity: 'error', message: text }];
  });
}

export interface YamlEditor {
  /** Takes the form's text over with the smallest change, so that cursor and undo stay. */
  show: (text: string) => void;
  mark: (problems: readonly FileProblem[]) => void;
  /** Puts the cursor into a place; line and column from 1. */
  goTo: (line: number, column: number) => void;
}

/** An editor for YAML in an element, for as long as the calling component is there. */
export function useYamlEditor(
  place: Readonly<ShallowRef<HTMLElement | null>>,
  options: {
    readonly text: () => string;
    readonly complete: CompletionSource;
    readonly onText: (text: string) => void;
  },
): YamlEditor {
  let view: EditorView | null = null;
  onMounted(() => {
    if (place.value === null) return;
    const state = EditorState.create({
      doc: options.text(),
      extensions: [
        [lineNumbers(), history(), drawSelection(), highlightActiveLine(), bracketMatching()],
        [yaml(), syntaxHighlighting(colours), look, lintGutter()],
        autocompletion({ override: [options.complete] }),
        // Tab leaves the editor, as everywhere else on the page.
        keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap, ...lintKeymap]),
        EditorView.contentAttributes.of({ 'aria-label': 'Experiment file' }),
        EditorView.updateListener.of(({ docChanged, transactions, state: now }) => {
          if (!docChanged || transactions.some((each) => each.annotation(fromOutside))) return;
          options.onText(now.doc.toString());
        }),
      ],
    });
    view = new EditorView({ state, parent: place.value });
  });
  onBeforeUnmount(() => view?.destroy());
  return {
    show(text) {
      if (view === null || view.state.doc.toString() === text) return;
      const changes = smallestChange(view.state.doc.toString(), text);
      view.dispatch({ changes, annotations: fromOutside.of(true) });
    },
    mark(problems) {
      if (view !== null)
        view.dispatch(setDiagnostics(view.state, diagnosticsOf(view.state, problems)));
    },
    goTo(line, column) {
      if (view === null) return;
      const row = view.state.doc.line(Math.min(line, view.state.doc.lines));
      const anchor = Math.min(row.to, row.from + column - 1);
      view.dispatch({ selection: { anchor }, scrollIntoView: true });
      view.focus();
    },
  };
}

function smallestChange(
  before: string,
  after: string,
): { from: number; to: number; insert: string } {
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before[from] === after[from]) from++;
  let end = 0;
  while (end < most - from && before.at(-1 - end) === after.at(-1 - end)) end++;
  return { from, to: before.length - end, insert: after.slice(from, after.length - end) };
}
