/** The progress of a preparation: in words, as one line that is redrawn on a terminal, as plain lines elsewhere. */

/** @typedef {import('./preparation.mjs').Progress} Progress */

const titles = {
  wait: 'Waiting for another Offrec that is preparing TensorFlow',
  download: 'Downloading TensorFlow',
  check: 'Checking it',
  unpack: 'Unpacking it',
  compile: 'Compiling the addon',
  prove: 'Trying it out',
};
const stages = {
  wait: 'waiting for another Offrec',
  download: 'downloading',
  check: 'checking',
  unpack: 'unpacking',
  compile: 'compiling the addon',
  prove: 'trying out',
};
const redrawMs = 100;
const barWidth = 16;

/**
 * Progress as jobs tell it, in whole megabytes; `total` is 0 while it is unknown.
 * @param {Progress} progress
 */
export function inMegabytes({ step, done, total }) {
  return {
    stage: stages[step],
    done: megabytes(done),
    total: megabytes(total),
    unit: 'MB',
  };
}

/** @param {NodeJS.WriteStream} stream */
export function progressDisplay(stream) {
  return stream.isTTY ? terminalDisplay(stream) : plainDisplay(stream);
}

/** @param {NodeJS.WriteStream} stream */
function terminalDisplay(stream) {
  let step = '';
  let startedAt = 0;
  let drawnAt = 0;
  return {
    onProgress: (/** @type {Progress} */ progress) => {
      const now = performance.now();
      if (progress.step !== step) [step, startedAt, drawnAt] = [progress.step, now, 0];
      if (now - drawnAt < redrawMs && progress.done < progress.total) return;
      drawnAt = now;
      const line = describe(progress, (now - startedAt) / 1000);
      stream.write(`\r\x1b[K${line.slice(0, (stream.columns || 80) - 1)}`);
    },
    close: () => {
      if (step) stream.write('\r\x1b[K');
    },
  };
}

/** @param {NodeJS.WriteStream} stream */
function plainDisplay(stream) {
  let step = '';
  return {
    onProgress: (/** @type {Progress} */ progress) => {
      if (progress.step === step) return;
      step = progress.step;
      const size = progress.total === 0 ? '' : ` (${megabytes(progress.total)} MB)`;
      stream.write(`${titles[progress.step]}${size}\n`);
    },
    close: () => {},
  };
}

/** @param {Progress} progress @param {number} elapsedS */
function describe({ step, done, total }, elapsedS) {
  if (total === 0) return `${titles[step]} …`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * barWidth);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
  const rate = elapsedS > 0.5 ? done / elapsedS : 0;
  const pace =
    rate > 0 ? `  ${megabytes(rate)} MB/s  ${Math.ceil((total - done) / rate)} s left` : '';
  return `${titles[step]} ${bar} ${Math.floor(share * 100)} %  ${megabytes(done)}/${megabytes(total)} MB${pace}`;
}

/** @param {number} bytes */
function megabytes(bytes) {
  return Math.round(bytes / 1e6);
}
