import { spawn } from 'node:child_process';

const keptBytes = 64 * 1024;
const killAfterMs = 2_000;

/**
 * @typedef {object} ChildResult
 * @property {boolean} found whether the program exists
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 * @property {string} stdout the last 64 KiB
 * @property {string} stderr the last 64 KiB
 */

/**
 * Runs a program to its end and keeps the tail of what it printed. When `abort` fires the program is ended,
 * waited for, and the abort's reason thrown: nothing of it outlives the call.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, abort?: AbortSignal | undefined, timeoutMs?: number,
 *   keepAll?: boolean }} [options]
 * @returns {Promise<ChildResult>}
 */
export async function runChild(command, args, options = {}) {
  options.abort?.throwIfAborted();
  const limit = options.keepAll ? Number.POSITIVE_INFINITY : keptBytes;
  const child = spawn(command, args, {
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout = keepTail(child.stdout, limit);
  const stderr = keepTail(child.stderr, limit);

  /** @type {NodeJS.Timeout[]} */
  const timers = [];
  const end = () => {
    child.kill('SIGTERM');
    timers.push(setTimeout(() => child.kill('SIGKILL'), killAfterMs));
  };
  options.abort?.addEventListener('abort', end, { once: true });
  if (options.timeoutMs !== undefined) timers.push(setTimeout(end, options.timeoutMs));
  try {
    const ended = await ending(child);
    options.abort?.throwIfAborted();
    return { ...ended, stdout: stdout(), stderr: stderr() };
  } finally {
    options.abort?.removeEventListener('abort', end);
    for (const timer of timers) clearTimeout(timer);
  }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<{ found: boolean, code: number | null, signal: NodeJS.Signals | null }>}
 */
function ending(child) {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      const code = /** @type {NodeJS.ErrnoException} */ (error).code;
      if (code === 'ENOENT' || code === 'EACCES')
        resolve({ found: false, code: null, signal: null });
      else reject(error);
    });
    child.once('close', (code, signal) => resolve({ found: true, code, signal }));
  });
}

/** @param {import('node:stream').Readable} stream @param {number} limit */
function keepTail(stream, limit) {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk) => {
    text += chunk;
    if (text.length > limit) text = text.slice(-limit);
  });
  return () => text;
}
