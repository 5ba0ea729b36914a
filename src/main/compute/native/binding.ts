/** The native addon of @tensorflow/tfjs-node-gpu, as far as it is used here (its binding/tfjs_binding.cc). */

export type TensorValues = Float32Array | Int32Array | Uint8Array

export interface TensorMetadata {
  readonly id: number
  readonly shape: readonly number[]
  readonly dtype: number
}

export interface TensorflowBinding {
  readonly TF_Version: string
  isUsingGpuDevice(): boolean
  /** The tensor may share the array's memory: nothing may be written to it until the tensor is deleted. */
  createTensor(shape: readonly number[], dtype: number, values: TensorValues): number
  deleteTensor(tensor: number): void
  /** A copy of the tensor's values; float32, int32 and bool only. */
  tensorDataSync(tensor: number): TensorValues
  /** Tensors that were created and not yet deleted. */
  getNumOfTensors(): number
  loadSavedModel(folder: string, tags: string): number
  deleteSavedModel(model: number): void
  /** Names as `node:output`, joined by commas. */
  runSavedModel(
    model: number,
    inputs: readonly number[],
    inputNames: string,
    outputNames: string,
  ): readonly TensorMetadata[]
}
