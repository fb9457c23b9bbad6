import type { LinePurpose, ToCore } from '../messages.ts';
import type { MainLink, UtilityPort } from './main-link.ts';

/** A line to a window or a host. */
export interface Line {
  send(message: unknown): void;
  /** Messages wait for the first listener. */
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, after the last message. */
  onClose(listener: () => void): void;
  close(): void;
}

function lineOver(port: UtilityPort): Line {
  return {
    send: (message) => port.postMessage(message),
    onMessage(listener) {
      port.on('message', ({ data }) => listener(data));
      port.start();
    },
    onClose: (listener) => port.on('close', listener),
    close: () => port.close(),
  };
}

/** A line that main carries. */
class CarriedLine implements Line {
  readonly #link: MainLink;
  readonly #onClose: () => void;
  readonly #id: number;
  readonly #waiting: unknown[] = [];
  #receive: ((message: unknown) => void) | null = null;
  #closed: (() => void) | null = null;

  constructor(link: MainLink, id: number, onClose: () => void) {
    this.#link = link;
    this.#id = id;
    this.#onClose = onClose;
  }

  send(data: unknown): void {
    this.#link.send({ type: 'line-data', line: this.#id, data });
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#receive = listener;
    for (const message of this.#waiting.splice(0)) listener(message);
  }

  onClose(listener: () => void): void {
    this.#closed = listener;
  }

  /** What is still on its way here is not heard any more. */
  close(): void {
    this.#onClose();
    this.#link.send({ type: 'line-closed', line: this.#id });
  }

  receive(message: unknown): void {
    if (this.#receive === null) this.#waiting.push(message);
    else this.#receive(message);
  }

  end(): void {
    this.#closed?.();
  }
}

/** The lines that main opens to this process. */
export class Lines {
  readonly #link: MainLink;
  readonly #onLine: (line: Line, purpose: LinePurpose) => void;
  readonly #carried = new Map<number, CarriedLine>();

  constructor(link: MainLink, onLine: (line: Line, purpose: LinePurpose) => void) {
    this.#link = link;
    this.#onLine = onLine;
  }

  /** Takes the messages that are about lines. */
  receive(message: ToCore, port: UtilityPort | null): void {
    if (message.type === 'line') {
      this.#onLine(port === null ? this.#carry(message.line) : lineOver(port), message.purpose);
    } else if (message.type === 'line-data') {
      this.#carried.get(message.line)?.receive(message.data);
    } else if (message.type === 'line-closed') {
      const line = this.#carried.get(message.line);
      this.#carried.delete(message.line);
      line?.end();
    }
  }

  #carry(id: number): Line {
    const line = new CarriedLine(this.#link, id, () => this.#carried.delete(id));
    this.#carried.set(id, line);
    return line;
  }
}
