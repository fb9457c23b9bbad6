import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import { OffrecError } from '#contract/errors.ts';
import { scratchFolder } from './files.ts';
import { cancelledError, throwIfAborted } from './progress.ts';

export interface DatabaseLimits {
  readonly memoryBytes?: number | undefined;
  readonly threads?: number | undefined;
}

/** Text as an SQL string. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A column's name as an SQL identifier. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * The path of one existing file as an SQL string for a reading function. Pattern characters are taken
 * literally, and the path is absolute, so that no name is read as a pattern or as an address.
 */
export async function quotePath(path: string): Promise<string> {
  const absolute = await realpath(path).catch((error: unknown) => {
    throw new OffrecError('not-found', 'There is no such file.', { where: path, cause: error });
  });
  return quoteText(absolute.replace(/[*?[]/g, (character) => `[${character}]`));
}

/** Rows that one chunk of the database holds. */
const chunkRows = 2048;

/** Time between two reports of a statement's progress. */
const progressMs = 200;

export type NumberArray = Int32Array | Float32Array | Float64Array;

/** What one column of `append` holds: its type and its value of each row. */
export interface AppendColumn {
  readonly name: string;
  readonly type: DuckDBType;
  readonly value: (row: number) => DuckDBValue;
}

/**
 * A private in-memory DuckDB with bounded memory, which spills into `folder`. It reaches no network and
 * loads no extension. Close it when done.
 */
export class Database {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #signal: AbortSignal | undefined;

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    signal: AbortSignal | undefined,
  ) {
    this.#instance = instance;
    this.#connection = connection;
    this.#signal = signal;
  }

  /** `folder` takes spilled data; null for reads that must not write anything. */
  static async open(
    folder: string | null,
    signal?: AbortSignal,
    limits: DatabaseLimits = {},
  ): Promise<Database> {
    throwIfAborted(signal);
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: `${Math.ceil((limits.memoryBytes ?? 1e9) / 1e6)}MB`,
      threads: String(limits.threads ?? 2),
      temp_directory: folder === null ? '' : join(folder, scratchFolder),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const database = new Database(instance, await instance.connect(), signal);
    await database.run(
      `SET TimeZone = 'UTC'; SET enable_progress_bar = true; SET enable_progress_bar_print = false`,
    );
    return database;
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  /** Runs `work`, interrupting the database when the signal fires. */
  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    throwIfAborted(this.#signal);
    const interrupt = (): void => this.#connection.interrupt();
    this.#signal?.addEventListener('abort', interrupt);
    try {
      return await work();
    } catch (error) {
      throw this.#signal?.aborted === true ? cancelledError() : translateDatabaseError(error);
    } finally {
      this.#signal?.removeEventListener('abort', interrupt);
    }
  }

  async run(sql: string): Promise<void> {
    await this.#guarded(() => this.#connection.run(sql));
  }

  /** As `run`; reports the statement's progress in per cent where DuckDB can tell it. */
  async runWithProgress(sql: string, onPercentage: (percentage: number) => void): Promise<void> {
    const timer = setInterval(() => {
      const { percentage } = this.#connection.progress;
      if (percentage >= 0) onPercentage(Math.min(100, percentage));
    }, progressMs);
    try {
      await this.run(sql);
    } finally {
      clearInterval(timer);
    }
    onPercentage(100);
  }

  /** All rows of a small result; counts come as numbers. */
  async rows(sql: string): Promise<Record<string, DuckDBValue>[]> {
    return this.#guarded(async () => {
      const reader = await this.#connection.runAndReadAll(sql);
      return reader
        .getRowObjects()
        .map((row) =>
          Object.fromEntries(
            Object.entries(row).map(([key, value]) => [
              key,
              typeof value === 'bigint' ? Number(value) : value,
            ]),
          ),
        );
    });
  }

  /** Names and type names of a query's columns. */
  async columns(sql: string): Promise<{ name: string; type: string }[]> {
    const rows = await this.rows(`DESCRIBE ${sql}`);
    return rows.map((row) => ({
      name: String(row['column_name']),
      type: String(row['column_type']),
    }));
  }

  /** Streams a result chunk by chunk; memory stays at one chunk. Returns the number of rows. */
  async #stream(
    sql: string,
    visit: (chunk: DuckDBDataChunk, firstRow: number) => void,
  ): Promise<number> {
    return this.#guarded(async () => {
      const result = await this.#connection.stream(sql);
      let first = 0;
      for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return first;
        throwIfAborted(this.#signal);
        visit(chunk, first);
        first += chunk.rowCount;
      }
    });
  }

  /** Streams a result of one column. */
  async scan(sql: string, visit: (row: number, value: DuckDBValue) => void): Promise<number> {
    return this.#stream(sql, (chunk, first) => {
      const vector = chunk.getColumnVector(0);
      for (let row = 0; row < chunk.rowCount; row += 1) visit(first + row, vector.getItem(row));
    });
  }

  /**
   * Streams numeric columns into arrays, one a column, each as long as the result.
   *
   * @returns false when some value is NULL.
   */
  async scanNumbers(sql: string, targets: readonly NumberArray[]): Promise<boolean> {
    let complete = true;
    await this.#stream(sql, (chunk, first) => {
      targets.forEach((target, column) => {
        const vector = chunk.getColumnVector(column);
        for (let row = 0; row < chunk.rowCount; row += 1) {
          const value = vector.getItem(row);
          if (value === null) complete = false;
          else target[first + row] = value as number;
        }
      });
    });
    return complete;
  }

  /** Creates `table` from columns in memory. */
  async append(table: string, columns: readonly AppendColumn[], rows: number): Promise<void> {
    const fields = columns.map((column) => `${quoteName(column.name)} ${column.type.toString()}`);
    await this.run(`CREATE TABLE ${quoteName(table)} (${fields.join(', ')})`);
    await this.#guarded(async () => {
      const appender = await this.#connection.createAppender(table);
      try {
        for (let first = 0; first < rows; first += chunkRows) {
          throwIfAborted(this.#signal);
          const count = Math.min(chunkRows, rows - first);
          const chunk = DuckDBDataChunk.create(
            columns.map((column) => column.type),
            count,
          );
          columns.forEach((column, index) => {
            const values = Array.from({ length: count }, (_, row) => column.value(first + row));
            chunk.setColumnValues(index, values);
          });
          appender.appendDataChunk(chunk);
        }
      } finally {
        appender.closeSync();
      }
    });
  }

  /** Writes a query's rows, in their order, as Parquet. */
  async writeParquet(query: string, file: string): Promise<void> {
    await this.run(
      `COPY (${query}) TO ${quoteText(file)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`,
    );
  }
}

/** What DuckDB throws, as an OffrecError by kind. */
function translateDatabaseError(error: unknown): unknown {
  if (error instanceof OffrecError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const firstLine = message.split('\n')[0] ?? message;
  if (/out of memory/i.test(message)) {
    return new OffrecError('out-of-memory', 'The memory limit of the import is too small.', {
      hint: 'Allow more memory, or free disk space for temporary files.',
      cause: error,
    });
  }
  if (/no space left|could not write|file too large|disk full/i.test(message)) {
    return new OffrecError('disk-full', 'The disk is full.', { cause: error });
  }
  return new OffrecError('invalid-input', firstLine.slice(0, 500), { cause: error });
}
