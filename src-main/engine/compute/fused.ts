/** Operations with hand-written gradients or kernels of their own, for use in any step's body. */
export {
  causalConvolution1d,
  maxOverTime,
  slidingWindows,
  windowConvolution,
} from './fused/convolution.ts';
export {
  crossEntropyLinear,
  logSoftmax,
  sparseSoftmaxCrossEntropy,
} from './fused/cross-entropy.ts';
export { embed } from './fused/embedding.ts';
export { linear, type Activation } from './fused/linear.ts';
export { layerNorm } from './fused/normalisation.ts';
export { gruCell, gruSequence } from './fused/recurrent.ts';
export { greedy, maskedLogits, maskShown, sampleCategorical } from './fused/sampling.ts';
