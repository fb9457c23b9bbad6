#!/usr/bin/env node
/**
 * Run before `npm start`, `npm test` and `npm run bench`: makes sure that TensorFlow is there. Ends with status
 * 0 also where it cannot be had, after saying why: everything works on the portable backend, more slowly.
 */
import { prepareNativeLibrary } from './native-library.mjs';
import { progressDisplay } from './progress.mjs';

const abort = new AbortController();
const statusBySignal = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
for (const [signal, status] of Object.entries(statusBySignal)) {
  process.once(signal, () => {
    process.exitCode = status;
    abort.abort(new Error('interrupted'));
  });
}

const display = progressDisplay(process.stderr);
try {
  if (process.env.OFFREC_SKIP_NATIVE === '1') {
    console.error('TensorFlow is not prepared (OFFREC_SKIP_NATIVE is set).');
  } else {
    const result = await prepareNativeLibrary({
      onProgress: display.onProgress,
      signal: abort.signal,
    });
    display.close();
    if (result.status === 'missing') {
      console.error(
        `TensorFlow is not available, the portable backend is used. ${result.what} ${result.how}`,
      );
    } else if (result.installed) {
      console.error(
        `TensorFlow ${result.library.version} is ready in ${result.library.libraryFolder}`,
      );
    }
  }
} catch (error) {
  display.close();
  if (!abort.signal.aborted) throw error;
  console.error('Interrupted: nothing was left behind. Run the same command again to continue.');
}
