import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { tf } from '../tf.ts';
import {
  floats,
  release,
  replaceKernel,
  required,
  type KernelCall,
  type PortableKernel,
} from './heap.ts';
import type { MatrixProductAttributes } from './matrix-product.ts';

type Product = PortableKernel<MatrixProductAttributes>;
type ConvolutionInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;
type Shape4D = [number, number, number, number];
type Pair = [number, number];

interface GradientAttributes {
  strides: Pair | number;
  /** Absent when tfjs's own operations call the kernel: they know no dilation here. */
  dilations?: Pair | number;
  pad: tf.backend_util.PadInfo | 'valid' | 'same' | number;
  dataFormat: 'NHWC' | 'NCHW';
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

interface InputGradientAttributes extends GradientAttributes {
  inputShape: Shape4D;
}

interface FilterGradientAttributes extends GradientAttributes {
  filterShape: Shape4D;
}

function convolutionInfo(
  inputShape: Shape4D,
  filterShape: Shape4D,
  attributes: GradientAttributes,
): ConvolutionInfo {
  if (attributes.dataFormat !== 'NHWC') {
    throw new Error(`convolutions need the format NHWC, not ${attributes.dataFormat}`);
  }
  return tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    attributes.strides,
    attributes.dilations ?? 1,
    attributes.pad as Parameters<typeof tf.backend_util.computeConv2DInfo>[4],
    attributes.dimRoundingMode,
  );
}

/**
 * Calls `visit` for every input pixel that a filter tap sees: the offset of that pixel's channels in the
 * input, and of the same channels in the patches [batch * outHeight * outWidth, taps * channels].
 */
function forEachPatchPixel(
  info: ConvolutionInfo,
  visit: (inputOffset: number, patchOffset: number) => void,
): void {
  const { inHeight, inWidth, inChannels, filterHeight, filterWidth } = info;
  let patchOffset = 0;
  for (let batch = 0; batch < info.batchSize; batch++) {
    for (let outRow = 0; outRow < info.outHeight; outRow++) {
      for (let outColumn = 0; outColumn < info.outWidth; outColumn++) {
        for (let tapRow = 0; tapRow < filterHeight; tapRow++) {
          const row = outRow * info.strideHeight + tapRow * info.dilationHeight - info.padInfo.top;
          for (let tapColumn = 0; tapColumn < filterWidth; tapColumn++) {
            const column =
              outColumn * info.strideWidth + tapColumn * info.dilationWidth - info.padInfo.left;
            if (row >= 0 && row < inHeight && column >= 0 && column < inWidth) {
              visit(((batch * inHeight + row) * inWidth + column) * inChannels, patchOffset);
            }
            patchOffset += inChannels;
          }
        }
      }
    }
  }
}

function patchesShape(info: ConvolutionInfo): Pair {
  return [
    info.batchSize * info.outHeight * info.outWidth,
    info.filterHeight * info.filterWidth * info.inChannels,
  ];
}

/** The input pixels under each position of the filter, zero where it reaches beyond the border. */
function patches(backend: BackendWasm, x: tf.TensorInfo, info: ConvolutionInfo): tf.TensorInfo {
  const out = backend.makeOutput(patchesShape(info), 'float32');
  const target = floats(backend, out).fill(0);
  const source = floats(backend, x);
  const channels = info.inChannels;
  forEachPatchPixel(info, (inputOffset, patchOffset) => {
    for (let channel = 0; channel < channels; channel++) {
      target[patchOffset + channel] = source[inputOffset + channel] as number;
    }
  });
  return out;
}

/** dW[tap, in, out] = sum over positions of patch[position, tap, in] * dy[position, out] */
function filterGradient(
  product: Product,
  call: KernelCall<FilterGradientAttributes>,
): tf.TensorInfo {
  const { inputs, attributes, backend } = call;
  const x = required(inputs, 'x');
  const dy = required(inputs, 'dy');
  const info = convolutionInfo(x.shape as Shape4D, attributes.filterShape, attributes);
  const seen = patches(backend, x, info);
  const slopes = { ...dy, shape: [seen.shape[0] as number, info.outChannels] };
  const out = product({
    inputs: { a: seen, b: slopes },
    attributes: { transposeA: true, transposeB: false },
    backend,
  });
  release(backend, seen);
  return { ...out, shape: [...attributes.filterShape] };
}

/** dx = the patches' gradient dy W', each pixel's share added back to the pixel. */
function inputGradient(product: Product, call: KernelCall<InputGradientAttributes>): tf.TensorInfo {
  const { inputs, attributes, backend } = call;
  const dy = required(inputs, 'dy');
  const filter = required(inputs, 'filter');
  const info = convolutionInfo(attributes.inputShape, filter.shape as Shape4D, attributes);
  const [positions, patchSize] = patchesShape(info);
  const slopes = product({
    inputs: {
      a: { ...dy, shape: [positions, info.outChannels] },
      b: { ...filter, shape: [patchSize, info.outChannels] },
    },
    attributes: { transposeA: false, transposeB: true },
    backend,
  });
  const out = backend.makeOutput(attributes.inputShape, 'float32');
  const sums = floats(backend, out).fill(0);
  const source = floats(backend, slopes);
  forEachPatchPixel(info, (inputOffset, patchOffset) => {
    for (let channel = 0; channel < info.inChannels; channel++) {
      const index = inputOffset + channel;
      sums[index] = (sums[index] as number) + (source[patchOffset + channel] as number);
    }
  });
  release(backend, slopes);
  return out;
}

/** As tfjs's own gradient of Conv2D, without its refusal of dilation. */
function registerDilatedGradient(): void {
  if (tf.getGradient(tf.Conv2D) !== undefined) tf.unregisterGradient(tf.Conv2D);
  tf.registerGradient({
    kernelName: tf.Conv2D,
    inputsToSave: ['x', 'filter'],
    gradFunc: (slope, saved, attrs) => {
      const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
      const dy = slope as tf.Tensor4D;
      const { strides, dilations, pad, dataFormat, dimRoundingMode } =
        attrs as unknown as GradientAttributes;
      const common = { strides, dilations, pad, dataFormat, dimRoundingMode };
      const run = (name: string, inputs: Record<string, tf.Tensor>, extra: object): tf.Tensor =>
        tf.engine().runKernel(name, inputs, { ...common, ...extra } as unknown as tf.NamedAttrMap);
      return {
        x: () => run(tf.Conv2DBackpropInput, { dy, filter }, { inputShape: x.shape }),
        filter: () => run(tf.Conv2DBackpropFilter, { x, dy }, { filterShape: filter.shape }),
      };
    },
  });
}

export function registerConvolutionGradients(product: Product): void {
  replaceKernel<InputGradientAttributes>(tf.Conv2DBackpropInput, (call) =>
    inputGradient(product, call),
  );
  replaceKernel<FilterGradientAttributes>(tf.Conv2DBackpropFilter, (call) =>
    filterGradient(product, call),
  );
  registerDilatedGradient();
}
