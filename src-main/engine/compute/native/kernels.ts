/** Replaces kernels of tfjs-node by faster TensorFlow operations with the same meaning. */
export function registerNativeKernels(): void {}
