/** What training asks of a backend: one micro-batch at a time, and its whole state out and in. */
import type { ParameterValues } from './parameters'

/** A few samples of a batch. */
export interface MicroBatch {
  /** Grey bytes [samples, size, size]. */
  readonly pixels: Uint8Array
  /** Class of each sample, −1 without; null in a model without a head. */
  readonly labels: Int32Array | null
}

export interface MicroBatchSettings {
  /** See `dropoutSeed`. */
  readonly dropoutSeed: readonly [number, number]
  /** Samples of this micro-batch over those of its batch. */
  readonly share: number
  /** 1 over the labelled samples of its batch, 0 without any. */
  readonly labelledShare: number
  /** How far running statistics move towards this micro-batch's. */
  readonly statisticsRate: number
  /** For the last micro-batch of a batch: take a step of Adam, the step-th from 1. Otherwise gradients are added up. */
  readonly update: { readonly learningRate: number; readonly step: number } | null
}

export interface MicroBatchLosses {
  /** Of pixels in [0, 1], over the micro-batch. */
  readonly meanSquaredError: number
  /** Sum over its labelled samples, null without a head. */
  readonly headLoss: number | null
}

export interface Evaluation {
  readonly meanSquaredError: number
  /** Labelled samples that the head puts into their class, null without a head. */
  readonly correct: number | null
}

export interface Trainer {
  /** Blocks until the micro-batch is done. */
  train(batch: MicroBatch, settings: MicroBatchSettings): MicroBatchLosses
  /** Moves the running statistics towards these samples', without dropout; at rate 1 it replaces them. */
  followStatistics(pixels: Uint8Array, rate: number): void
  /** With running statistics, without dropout. */
  evaluate(batch: MicroBatch): Evaluation
  /** Reconstructions in [0, 1], with running statistics and without dropout. [samples, size, size] */
  reconstruct(pixels: Uint8Array): Float32Array
  /** Every number that training consists of, as `trainingParameters` lists them. */
  read(): ParameterValues
  assign(values: ParameterValues): void
  close(): void
}
