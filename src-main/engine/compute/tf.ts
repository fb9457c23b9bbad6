// The chained operators (`x.add(y)`) are registered when a device opens; this makes their types known.
import type {} from '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';

/** The one place that imports tfjs: everything else writes `import { tf } from '#engine/compute/tf.ts'`. */
export * as tf from '@tensorflow/tfjs-core';
