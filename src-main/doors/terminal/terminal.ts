import { styleText } from 'node:util';
import { toWireError } from '#contract/errors.ts';

/** Options that every command has. */
export interface GlobalOptions {
  readonly home?: string;
  readonly json?: boolean;
}

type Style = Parameters<typeof styleText>[0];

/** The two streams: stdout carries data and nothing else, stderr everything that is said beside it. */
export class Terminal {
  readonly json: boolean;
  /** The data folder that was named, if any. */
  readonly home: string | undefined;
  readonly #out: NodeJS.WriteStream;
  readonly #err: NodeJS.WriteStream;

  constructor(options: GlobalOptions, streams = { out: process.stdout, err: process.stderr }) {
    this.json = options.json ?? false;
    this.home = options.home;
    this.#out = streams.out;
    this.#err = streams.err;
  }

  /** Whether lines of stderr may be redrawn. */
  get redraws(): boolean {
    return this.#err.isTTY && !this.json && process.env['TERM'] !== 'dumb';
  }

  get errorStream(): NodeJS.WriteStream {
    return this.#err;
  }

  /** One line of data: an answer, or an event of a long command. */
  data(value: unknown): void {
    this.#out.write(`${JSON.stringify(value)}\n`);
  }

  /** Data for reading; ends with exactly one line break. */
  text(text: string): void {
    this.#out.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  /** Data as JSON where it was asked for, else for reading. */
  answer(value: unknown, text: () => string): void {
    if (this.json) this.data(value);
    else this.text(text());
  }

  /** Something said beside the data. */
  say(line: string): void {
    this.#err.write(`${line}\n`);
  }

  /** What happened, where, and what to do. */
  fail(error: unknown): void {
    const wire = toWireError(error);
    this.say(this.styled('red', `Error: ${wire.message}`));
    if (wire.where !== undefined) this.say(`  where: ${wire.where}`);
    if (wire.hint !== undefined) this.say(`  ${wire.hint}`);
    if (this.json) this.data({ error: wire });
  }

  /** Text for stderr in a colour, where colours are wanted (NO_COLOR, FORCE_COLOR, no terminal). */
  styled(style: Style, text: string): string {
    return styleText(style, text, { stream: this.#err, validateStream: true });
  }
}
