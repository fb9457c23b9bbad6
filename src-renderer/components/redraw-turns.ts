import { onScopeDispose } from 'vue';

/**
 * Live charts take turns: drawing one costs a frame or two, so that a page whose charts all drew as often as their
 * series grow would stutter the more, the more charts are in sight.
 */

/** Least time between two redraws of the page's charts. */
const betweenMs = 700;

const waiting = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | null = null;
let lastMs = Number.NEGATIVE_INFINITY;

function arrange(): void {
  if (timer !== null || waiting.size === 0) return;
  const delayMs = Math.max(0, lastMs + betweenMs - performance.now());
  timer = setTimeout(() => {
    timer = null;
    lastMs = performance.now();
    const [first] = waiting;
    if (first !== undefined) {
      waiting.delete(first);
      first();
    }
    arrange();
  }, delayMs);
}

/** Calls `redraw` when it is its turn, first come, first served. Returns what takes the wish back. */
function awaitTurn(redraw: () => void): () => void {
  waiting.add(redraw);
  arrange();
  return () => waiting.delete(redraw);
}

/** For one chart: returns what asks for its next turn. Asking again before it comes changes nothing. */
export function useTurns(redraw: () => void): () => void {
  let giveUp: (() => void) | null = null;
  onScopeDispose(() => giveUp?.());
  return () => {
    giveUp ??= awaitTurn(() => {
      giveUp = null;
      redraw();
    });
  };
}
