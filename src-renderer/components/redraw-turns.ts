import { onScopeDispose } from 'vue';

/**
 * Live charts take turns: drawing one costs a frame or two, so that a page whose charts all drew as often as their
 * series grow would stutter the more, the more charts are in sight.
 */

/** Least time between two redraws of the page's charts. */
const betweenMs = 700;

interface Wish {
  readonly redraw: () => void;
  readonly turns: number;
}

const waiting = new Set<Wish>();
let timer: ReturnType<typeof setTimeout> | null = null;
let lastMs = Number.NEGATIVE_INFINITY;

function arrange(): void {
  if (timer !== null || waiting.size === 0) return;
  const delayMs = Math.max(0, lastMs + betweenMs - performance.now());
  timer = setTimeout(() => {
    timer = null;
    const [first] = waiting;
    if (first !== undefined) {
      waiting.delete(first);
      lastMs = performance.now() + (first.turns - 1) * betweenMs;
      first.redraw();
    }
    arrange();
  }, delayMs);
}

/** Calls `redraw` when it is its turn, first come, first served. Returns what takes the wish back. */
function awaitTurn(wish: Wish): () => void {
  waiting.add(wish);
  arrange();
  return () => waiting.delete(wish);
}

/**
 * For one chart: returns what asks for its next turn. Asking again before it comes changes nothing. A chart of many
 * series takes the time of several turns.
 */
export function useTurns(redraw: () => void, turns = 1): () => void {
  let giveUp: (() => void) | null = null;
  onScopeDispose(() => giveUp?.());
  return () => {
    giveUp ??= awaitTurn({
      turns,
      redraw() {
        giveUp = null;
        redraw();
      },
    });
  };
}
