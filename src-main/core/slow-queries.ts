import { appendFileSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Health } from '#contract/routes/health.ts';
import type { SlowQuery } from '#store/sql.ts';
import { toWireError } from '#contract/errors.ts';
import type { CoreNotice } from './api.ts';

const largestBytes = 2 ** 20;
const fileName = 'slow-queries.log';

/** Notes statements that took more than 40 ms in a file of the data folder, until it has a megabyte. */
export function slowQueryLog(
  root: string,
  notice: (notice: CoreNotice) => void,
): (query: SlowQuery) => void {
  const file = join(root, fileName);
  let off = false;
  return ({ name, durationMs }) => {
    if (off) return;
    try {
      off = existsSync(file) && statSync(file).size > largestBytes;
      const time = new Date().toISOString();
      if (!off) appendFileSync(file, `${time} ${durationMs.toFixed(0)} ms ${name}\n`);
    } catch (error) {
      off = true;
      const { message } = toWireError(error);
      notice({ level: 'warning', message: `Slow queries are not noted: ${message}` });
    }
  };
}

/** The newest notes, newest first. */
export function readSlowQueries(root: string, most: number): Health['slowQueries'] {
  const file = join(root, fileName);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-most).reverse();
  return lines.flatMap((line) => {
    const [, time, durationMs, name] = /^(\S+) (\d+) ms (.+)$/.exec(line) ?? [];
    if (time === undefined || name === undefined) return [];
    return [{ time, name, durationMs: Number(durationMs) }];
  });
}
