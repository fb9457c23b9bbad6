import { createHash } from 'node:crypto';
import { connect, createServer } from 'node:net';

/**
 * Runs `body` while no other process of this user on this machine runs one of the same name. The lock is a
 * listening socket without a file: the system frees it when its owner ends, however that happens. Where such
 * a socket cannot be had the body runs at once, so callers must stay correct without the lock (they do: each
 * works in a folder of its own and renames it into place).
 * @template T
 * @param {string} name
 * @param {{ onWait: () => void, signal?: AbortSignal | undefined }} options
 * @param {() => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function withLock(name, { onWait, signal }, body) {
  const user = process.getuid?.() ?? 0;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 24);
  const address = `\0offrec-${user}-${digest}`;
  let waited = false;
  for (;;) {
    signal?.throwIfAborted();
    const lock = await tryLock(address);
    if (lock === 'unavailable') return body();
    if (lock !== 'taken') {
      try {
        return await body();
      } finally {
        lock.release();
      }
    }
    if (!waited) onWait();
    waited = true;
    await ownerGone(address, signal);
  }
}

/**
 * @param {string} address
 * @returns {Promise<{ release: () => void } | 'taken' | 'unavailable'>}
 */
function tryLock(address) {
  /** @type {Set<import('node:net').Socket>} */
  const waiting = new Set();
  const server = createServer((socket) => {
    waiting.add(socket);
    socket.on('error', () => {}).once('close', () => waiting.delete(socket));
  });
  const release = () => {
    server.close();
    for (const socket of waiting) socket.destroy();
  };
  return new Promise((resolve) => {
    server.once('error', (error) => {
      const code = /** @type {NodeJS.ErrnoException} */ (error).code;
      resolve(code === 'EADDRINUSE' ? 'taken' : 'unavailable');
    });
    server.listen(address, () => resolve({ release }));
  });
}

/**
 * Resolves when the process that listens at the address has let go of it.
 * @param {string} address
 * @param {AbortSignal | undefined} signal
 */
function ownerGone(address, signal) {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    const abort = () => {
      socket.destroy();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    // A refused connection means that the owner went in between: the caller tries again either way.
    socket.on('error', () => {});
    socket.resume();
    socket.once('close', () => {
      signal?.removeEventListener('abort', abort);
      resolve(undefined);
    });
  });
}
