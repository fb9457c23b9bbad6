import { availableParallelism } from 'node:os';
import { openDevice } from '#engine/compute/device.ts';
import { tf } from '#engine/compute/tf.ts';
import { openParentPort } from './parent-port.ts';

// Entry of the doctor's host: loads every native library of Offrec where runs load them too, and measures the
// compute device. What does not load is reported, so that one broken library does not hide the others.

const side = 1024;
const rounds = 9;

async function attempt<T>(body: () => Promise<T>): Promise<T | { error: string }> {
  try {
    return await body();
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

async function examineDevice(): Promise<object> {
  const threads = availableParallelism();
  const device = await openDevice({ device: 'auto', threads, xla: false });
  try {
    return { ...device.info, threads, gflops: measureGflops() };
  } finally {
    device.close();
  }
}

/** 10^9 floating-point operations a second in the product of two [1024, 1024] float32 matrices, median of 9. */
function measureGflops(): number {
  const values = Float32Array.from({ length: side * side }, (_, index) => (index % 17) / 17 - 0.5);
  const matrix = tf.tensor2d(values, [side, side]);
  const timeMs = (): number => {
    const startMs = performance.now();
    tf.tidy(() => tf.sum(tf.matMul(matrix, matrix)).dataSync());
    return performance.now() - startMs;
  };
  timeMs();
  const timesMs = Array.from({ length: rounds }, timeMs).sort((left, right) => left - right);
  matrix.dispose();
  const medianMs = timesMs[(rounds - 1) / 2] ?? Number.NaN;
  return (2 * side ** 3) / (medianMs * 1e6);
}

async function sqliteVersion(): Promise<{ version: string }> {
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(':memory:');
  try {
    const version: unknown = database.prepare('SELECT sqlite_version()').pluck().get();
    return { version: String(version) };
  } finally {
    database.close();
  }
}

async function duckdbVersion(): Promise<{ version: string }> {
  const { version } = await import('@duckdb/node-api');
  return { version: version().replace(/^v/, '') };
}

const port = await openParentPort();
await port.send({
  sqlite: await attempt(sqliteVersion),
  duckdb: await attempt(duckdbVersion),
  compute: await attempt(examineDevice),
});
await port.leave(0);
