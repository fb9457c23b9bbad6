import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { desktopSettingsSchema, type DesktopSettings } from '#contract/desktop.ts';
import { windowPlaceSchema, type WindowPlace } from './window-place.ts';

const contentSchema = z.object({
  settings: desktopSettingsSchema,
  place: windowPlaceSchema.nullable(),
});
type Content = z.infer<typeof contentSchema>;

const initial: Content = {
  settings: { notifyWhenRunEnds: true, closeWhileRunning: 'ask' },
  place: null,
};

/** What the application keeps for itself: the window's place and its settings. What a page changes is told when it fails; the rest is not worth an error. */
export class SettingsFile {
  readonly #file: string;
  #content: Content;

  constructor(file: string) {
    this.#file = file;
    this.#content = read(file);
  }

  get settings(): DesktopSettings {
    return this.#content.settings;
  }

  get place(): WindowPlace | null {
    return this.#content.place;
  }

  changeSettings(settings: DesktopSettings): void {
    this.#content = { ...this.#content, settings };
    this.#write();
  }

  /** Closing goes on also where the answer cannot be kept: it is asked for again. */
  rememberClosing(closeWhileRunning: DesktopSettings['closeWhileRunning']): void {
    const settings = { ...this.#content.settings, closeWhileRunning };
    this.#keep({ ...this.#content, settings });
  }

  /** A window whose place cannot be kept opens next time where it was before. */
  changePlace(place: WindowPlace): void {
    this.#keep({ ...this.#content, place });
  }

  #keep(content: Content): void {
    this.#content = content;
    try {
      this.#write();
    } catch {
      // A full disk or a folder that cannot be written: it holds while the application runs.
    }
  }

  #write(): void {
    mkdirSync(dirname(this.#file), { recursive: true });
    const partial = `${this.#file}.partial`;
    writeFileSync(partial, `${JSON.stringify(this.#content, null, 2)}\n`);
    renameSync(partial, this.#file);
  }
}

function read(file: string): Content {
  try {
    return contentSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Missing at the first start; damaged, it is worth no more than its defaults.
    return initial;
  }
}
