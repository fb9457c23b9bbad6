import { nextTick, shallowRef, type ShallowRef } from 'vue';
import { useRouter } from 'vue-router';

/** Main heading of the page, or what stands for it while there is none. */
function landing(): HTMLElement | null {
  return document.querySelector<HTMLElement>('main h1') ?? document.querySelector('main');
}

/**
 * After a change of page: the focus goes to its heading, its title is announced and becomes the window's, so that
 * whoever hears the page knows where they are.
 */
export function useRouteFocus(): { readonly announced: ShallowRef<string>; focus: () => void } {
  const announced = shallowRef('');
  const focus = (): void => {
    const target = landing();
    if (target === null) return;
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
  };
  useRouter().afterEach(async (to, from, failure) => {
    if (failure !== undefined || to.path === from.path) return;
    await nextTick();
    const title = document.querySelector('main h1')?.textContent?.trim() ?? '';
    document.title = title === '' ? 'Offrec' : `${title} – Offrec`;
    // The first page keeps the focus where the browser has put it.
    if (from.matched.length === 0) return;
    announced.value = title;
    focus();
  });
  return { announced, focus };
}
