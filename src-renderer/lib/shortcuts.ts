/** One thing that can be asked for from the palette or by keys such as `g r`, `?` or `mod+k`. */
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly keys?: string;
  /** Heading under which the shortcut sheet lists it. */
  readonly group?: string;
  readonly run: () => void;
}

const isApple = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '');

/** Keys as this platform calls them: `mod+k` is `Ctrl K`, on a Mac `⌘ K`. */
export function showKeys(keys: string, apple = isApple): string {
  const names: Readonly<Record<string, string>> = apple
    ? { mod: '⌘', alt: '⌥', shift: '⇧' }
    : { mod: 'Ctrl', alt: 'Alt', shift: 'Shift' };
  return keys
    .split(' ')
    .map((press) =>
      press === '+'
        ? press
        : press
            .split('+')
            .map((key) => names[key] ?? (press.includes('+') ? key.toUpperCase() : key))
            .join(' '),
    )
    .join(' then ');
}

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

const sequenceTimeoutMs = 1000;

const nameOf = (press: KeyPress): string =>
  `${press.ctrlKey || press.metaKey ? 'mod+' : ''}${press.altKey ? 'alt+' : ''}${press.key.toLowerCase()}`;

/** Follows what is pressed and says which command it completes. */
export class KeySequence {
  #pressed: string[] = [];
  #lastMs = 0;

  /** The command that this press completes, `waiting` when it may begin one, null when it means nothing. */
  press(press: KeyPress, atMs: number, commands: readonly Command[]): Command | 'waiting' | null {
    if (atMs - this.#lastMs > sequenceTimeoutMs) this.#pressed = [];
    this.#lastMs = atMs;
    for (const keys of [[...this.#pressed, nameOf(press)], [nameOf(press)]]) {
      const text = keys.join(' ');
      const found = commands.find((command) => command.keys === text);
      if (found !== undefined) {
        this.#pressed = [];
        return found;
      }
      if (commands.some((command) => command.keys?.startsWith(`${text} `))) {
        this.#pressed = keys;
        return 'waiting';
      }
    }
    this.#pressed = [];
    return null;
  }
}
