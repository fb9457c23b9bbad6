/** What the page under measurement measures itself with, under `globalThis.probe`. All times are in milliseconds. */
export interface Probe {
  /** From the start of the navigation to the first frame that shows what was waited for; null until then. */
  firstPaintMs: number | null;
  /** The next event of this kind is the beginning of what `settled` and `painted` measure. */
  arm(type: string): void;
  /** From that event to the frame that shows the last change after it: of rows, or of a canvas. */
  settled(): Promise<number>;
  /** From that event to the first frame that shows `count` elements of the selector. */
  painted(selector: string, count: number): Promise<number>;
  /** From that event to the first frame in which `count` lines or more were drawn on canvases since. */
  drawn(count: number): Promise<number>;
  /** Times between frames. */
  frames(durationMs: number): Promise<number[]>;
}

export interface FirstPaint {
  readonly selector: string;
  readonly count: number;
}

/** Runs in the page, before its own scripts: uses nothing from outside of itself. */
export function installProbe(first: FirstPaint | null): void {
  const quietMs = 400;
  const patienceMs = 20_000;
  let startMs: number | null = null;
  let lastChangeMs = 0;
  let lines = 0;
  let isNoted = false;

  /** Calls back when the coming frame has been drawn. */
  const afterFrame = (then: (nowMs: number) => void): void => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => then(performance.now());
      port2.postMessage(null);
    });
  };
  const noteChange = (): void => {
    if (isNoted) return;
    isNoted = true;
    afterFrame((nowMs) => {
      isNoted = false;
      lastChangeMs = nowMs;
    });
  };
  const when = (test: () => boolean): Promise<number> =>
    new Promise((resolve, reject) => {
      const untilMs = performance.now() + patienceMs;
      const look = (nowMs: number): void => {
        if (nowMs > untilMs) reject(new Error('The page never showed what was waited for.'));
        else if (test()) afterFrame(resolve);
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
  const shows = ({ selector, count }: FirstPaint): boolean =>
    document.querySelectorAll(selector).length >= count;
  const sinceStart = async (end: Promise<number>): Promise<number> => (await end) - (startMs ?? 0);

  const stroke = CanvasRenderingContext2D.prototype.stroke as (...path: Path2D[]) => void;
  CanvasRenderingContext2D.prototype.stroke = function (...path: Path2D[]): void {
    lines += 1;
    noteChange();
    stroke.apply(this, path);
  };
  const isInRows = ({ target }: MutationRecord): boolean => {
    const element = target instanceof Element ? target : target.parentElement;
    return Boolean(element?.closest('[role=rowgroup]'));
  };
  new MutationObserver((changes) => {
    if (changes.some(isInRows)) noteChange();
  }).observe(document, { subtree: true, childList: true, characterData: true });

  const probe: Probe = {
    firstPaintMs: null,
    arm(type) {
      [startMs, lastChangeMs, lines] = [null, 0, 0];
      const begin = ({ timeStamp }: Event): void => {
        startMs = timeStamp;
      };
      addEventListener(type, begin, { capture: true, once: true });
    },
    async settled() {
      const isQuiet = (): boolean =>
        startMs !== null && lastChangeMs > startMs && performance.now() > lastChangeMs + quietMs;
      await when(isQuiet);
      return lastChangeMs - (startMs ?? 0);
    },
    painted: (selector, count) =>
      sinceStart(when(() => startMs !== null && shows({ selector, count }))),
    drawn: (count) => sinceStart(when(() => startMs !== null && lines >= count)),
    frames: (durationMs) =>
      new Promise((resolve) => {
        const intervals: number[] = [];
        const beginMs = performance.now();
        let beforeMs: number | null = null;
        const step = (nowMs: number): void => {
          if (beforeMs !== null) intervals.push(nowMs - beforeMs);
          beforeMs = nowMs;
          if (nowMs - beginMs > durationMs) resolve(intervals);
          else requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      }),
  };
  Object.assign(globalThis, { probe });
  if (first !== null) {
    void when(() => shows(first)).then((nowMs) => {
      probe.firstPaintMs = nowMs;
    });
  }
}
