import type { Directive } from 'vue';

const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

const tabsOf = (box: HTMLElement): HTMLElement[] => [
  ...box.querySelectorAll<HTMLElement>('.n-tabs-tab'),
];

function dress(box: HTMLElement, title: string): void {
  const tabs = tabsOf(box);
  const list = box.querySelector('.n-tabs-wrapper');
  list?.setAttribute('role', 'tablist');
  list?.setAttribute('aria-label', title);
  for (const tab of tabs) {
    const isChosen = tab.classList.contains('n-tabs-tab--active');
    tab.setAttribute('role', 'tab');
    tab.setAttribute('aria-selected', String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
  }
}

function onKey(event: KeyboardEvent): void {
  const box = event.currentTarget as HTMLElement;
  const tabs = tabsOf(box);
  const at = tabs.indexOf(event.target as HTMLElement);
  if (at < 0) return;
  const ends: Readonly<Record<string, number>> = { Home: 0, End: tabs.length - 1 };
  const step = steps[event.key];
  const next =
    ends[event.key] ?? (step === undefined ? undefined : (at + step + tabs.length) % tabs.length);
  const tab = next === undefined ? undefined : tabs[next];
  if (tab === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  tab.click();
  tab.focus();
}

/**
 * Makes tabs of the library's `NTabs`, which are plain boxes to it: for the keyboard (arrows, Home, End) and for screen
 * readers. Its value names the list of tabs. The chosen tab has to be bound by the view.
 */
export const vTabRoles: Directive<HTMLElement, string> = {
  mounted: (box, { value }) => {
    dress(box, value);
    box.addEventListener('keydown', onKey);
  },
  updated: (box, { value }) => dress(box, value),
};
