/** A named float32 or int32 array of a state: a parameter, an optimiser slot, anything large. */
export interface StateTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}
