import type { Dataset } from '#engine/data/dataset.ts';
import { itemExposures, type Predictions } from './diagnostics.ts';

const bins = 10;
/** Steps of the histogram that tenths are cut from: sorting every pair would take longer than the rest of it. */
const histogramSteps = 4096;

/** One point of a diagnostic over tenths; `bin` is 0 for the least. */
export interface CalibrationBin {
  readonly metric: string;
  readonly bin: number;
  readonly value: number;
}

/**
 * Tenth of each value, [values]; as even as 4096 equal steps between the least and the greatest allow, so that equal
 * values share a tenth.
 */
function tenths(values: Float32Array): Uint8Array {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const scale = high > low ? (histogramSteps - 1) / (high - low) : 0;
  const counts = new Float64Array(histogramSteps);
  for (const value of values) counts[Math.floor((value - low) * scale)]!++;
  const tenthOf = new Uint8Array(histogramSteps);
  let before = 0;
  for (let step = 0; step < histogramSteps; step++) {
    // By the middle of the step's values, so that one large step does not all fall to the last tenth.
    tenthOf[step] = Math.min(
      bins - 1,
      Math.floor(((before + counts[step]! / 2) / values.length) * bins),
    );
    before += counts[step]!;
  }
  return Uint8Array.from(values, (value) => tenthOf[Math.floor((value - low) * scale)]!);
}

/** Tenth of each item by its training rows, [items]. */
function exposureTenths(dataset: Dataset): Uint8Array {
  const exposures = itemExposures(dataset);
  const order = Array.from(exposures.keys()).sort(
    (left, right) => exposures[left]! - exposures[right]! || left - right,
  );
  const found = new Uint8Array(dataset.items);
  for (const [rank, item] of order.entries()) {
    found[item] = Math.min(bins - 1, Math.floor((rank * bins) / dataset.items));
  }
  return found;
}

/** Mean of `valueOf` over the pairs of each bin; bins without a pair are left out. */
function meansByBin(
  metric: string,
  pairs: number,
  binOf: (pair: number) => number,
  valueOf: (pair: number) => number,
): CalibrationBin[] {
  const sums = new Float64Array(bins);
  const counts = new Float64Array(bins);
  for (let pair = 0; pair < pairs; pair++) {
    const bin = binOf(pair);
    sums[bin]! += valueOf(pair);
    counts[bin]!++;
  }
  return Array.from(sums, (sum, bin) => ({ metric, bin, value: sum / counts[bin]! })).filter(
    ({ bin }) => counts[bin]! > 0,
  );
}

/**
 * How a reward model stands to the truth over tenths of all pairs: mean prediction and mean truth by predicted reward,
 * mean error by the item's exposure, mean absolute error by uncertainty.
 */
export function calibrationBins(dataset: Dataset, model: Predictions): CalibrationBin[] {
  const truth = dataset.groundTruth!.rewardsUI;
  const { rewardsUI, uncertaintyUI } = model;
  const pairs = rewardsUI.length;
  const byPrediction = tenths(rewardsUI);
  const byUncertainty = tenths(uncertaintyUI);
  const byExposure = exposureTenths(dataset);
  const error = (pair: number): number => rewardsUI[pair]! - truth[pair]!;
  const predicted = (pair: number): number => byPrediction[pair]!;
  return [
    ...meansByBin('calibration/predicted', pairs, predicted, (pair) => rewardsUI[pair]!),
    ...meansByBin('calibration/true', pairs, predicted, (pair) => truth[pair]!),
    ...meansByBin('residual/byExposure', pairs, (pair) => byExposure[pair % dataset.items]!, error),
    ...meansByBin(
      'residual/byUncertainty',
      pairs,
      (pair) => byUncertainty[pair]!,
      (pair) => Math.abs(error(pair)),
    ),
  ];
}
