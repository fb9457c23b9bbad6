import { ipcMain, type IpcMainInvokeEvent, type WebContents, type WebFrameMain } from 'electron';
import type { z } from 'zod';
import { OffrecError } from '#contract/errors.ts';
import { isOurs, type Sender } from './sender.ts';

// The only file that listens to what windows say.

function senderOf({ sender, senderFrame }: IpcMainInvokeEvent): Sender {
  return {
    contentsId: sender.id,
    isMainFrame: senderFrame !== null && senderFrame === sender.mainFrame,
    origin: senderFrame?.origin ?? null,
  };
}

/** Answers the windows that were let in; every message is checked: who sends it, and what it holds. */
export class Registrar {
  readonly #windows = new Set<number>();

  letIn(contents: WebContents): void {
    const { id } = contents;
    this.#windows.add(id);
    contents.once('destroyed', () => this.#windows.delete(id));
  }

  handle<Input>(
    channel: string,
    schema: z.ZodType<Input>,
    answer: (input: Input, contents: WebContents, frame: WebFrameMain) => unknown,
  ): void {
    ipcMain.handle(channel, async (event, raw: unknown) => {
      if (!isOurs(senderOf(event), this.#windows)) {
        throw new OffrecError('usage', 'This page may not ask that.');
      }
      const input = schema.safeParse(raw);
      if (!input.success) {
        throw new OffrecError(
          'invalid-input',
          `${channel}: ${input.error.issues[0]?.message ?? ''}`,
        );
      }
      // A frame that was ours a moment ago and is gone now is owed nothing.
      return event.senderFrame === null
        ? null
        : await answer(input.data, event.sender, event.senderFrame);
    });
  }
}
