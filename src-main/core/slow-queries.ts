import { appendFileSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SlowQuery } from '#store/sql.ts';
import { toWireError } from '#contract/errors.ts';
import type { CoreNotice } from './api.ts';

const largestBytes = 2 ** 20;

/** Notes statements that took more than 40 ms in a file of the data folder, until it has a megabyte. */
export function slowQueryLog(
  root: string,
  notice: (notice: CoreNotice) => void,
): (query: SlowQuery) => void {
  const file = join(root, 'slow-queries.log');
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
