/** What is chosen for a new training, and what follows from it. */
import {
  type Architecture,
  type ArchitectureDescription,
  describeArchitecture,
  describeCapacity,
  parseArchitectureSpec,
  reductionFactor,
} from '@shared/domain/architecture'
import { architectureFrom, presetInputSize } from '@shared/domain/presets'
import type { Preset, RunPlan } from '@shared/domain/run'
import type { SampleSet } from '@shared/domain/sample-set'
import type { RequestInput } from '@shared/requests'
import { describeFailure } from './failure'
import type { SplitQuestion } from './leak-meter.svelte'
import { SeriesForm } from './series-form.svelte'
import {
  changedChoices,
  type ChangedChoice,
  choiceInWords,
  differs,
  type NamedChoice,
} from './training-changes'
import {
  choicesOfPlan,
  presetChoices,
  presetSettings,
  toRequest,
  type TrainingChoices,
} from './training-choices'

interface Drawing {
  readonly architecture: Architecture
  readonly description: ArchitectureDescription
  readonly capacity: string
}

/** A head is shown with its weight, so a chosen one should have some. */
const HEAD_WEIGHT = 0.1

/** What a reader rarely changes: folded away, and counted there where it is not as the preset has it. */
const MORE = [
  'schedule',
  'earlyStopping',
  'microBatch',
  'threads',
  'device',
  'precision',
  'keepCheckpoints',
] as const satisfies readonly NamedChoice[]

export class TrainingForm {
  /** Once, or as a series that differs in one thing. */
  readonly series: SeriesForm
  #sampleSet = $state.raw<SampleSet | null>(null)
  #choices = $state.raw<TrainingChoices>(presetChoices('quick', 448))
  #unreadable = $state.raw<ReadonlySet<string>>(new Set())
  /** Grows when choices are replaced as a whole: fields show the new values, not what was typed. */
  #generation = $state(0)
  /** The plan that the choices were copied from. */
  #model = $state.raw<{ readonly name: string; readonly choices: TrainingChoices } | null>(null)

  constructor() {
    this.series = new SeriesForm(() => this.#choices)
  }

  readonly #specProblem = $derived(problemOf(() => parseArchitectureSpec(this.#choices.spec)))
  readonly #sizes = $derived.by(() => fittingSizes(this.#choices.spec, this.cropSize))
  readonly #sizeProblem = $derived(
    this.#specProblem === null
      ? problemOf(() => {
          architectureFrom({ ...this.#choices, head: null })
          reductionFactor(this.cropSize, this.#choices.inputSize)
        })
      : null,
  )
  readonly #drawing = $derived.by((): Drawing | null => {
    if (this.#specProblem !== null || this.#sizeProblem !== null) return null
    const architecture = architectureFrom({ ...this.#choices, head: null })
    return {
      architecture,
      description: describeArchitecture(architecture),
      capacity: describeCapacity(architecture),
    }
  })

  get sampleSet(): SampleSet | null {
    return this.#sampleSet
  }

  get choices(): TrainingChoices {
    return this.#choices
  }

  get generation(): number {
    return this.#generation
  }

  get cropSize(): number {
    return this.#sampleSet?.size ?? 448
  }

  /** Why the specification cannot be read; null when it can. */
  get specProblem(): string | null {
    return this.#specProblem
  }

  /** Why crops cannot be brought to the input size; null when they can. */
  get sizeProblem(): string | null {
    return this.#sizeProblem
  }

  get microBatchProblem(): string | null {
    const { batch, microBatch } = this.#choices
    return microBatch !== null && microBatch > batch
      ? `A micro-batch of ${microBatch} is larger than the batch of ${batch}: choose at most ${batch}.`
      : null
  }

  /** Input sizes that the model can halve for every block and that divide the crops evenly; largest first. */
  get sizes(): readonly number[] {
    return this.#sizes
  }

  /** The model without its head (whose classes only the engine knows); null while it cannot be built. */
  get drawing(): Drawing | null {
    return this.#drawing
  }

  /** What to ask the engine for; null while something must be corrected first. */
  get request(): RequestInput<'training', 'start'> | null {
    const blocked =
      this.#sampleSet === null ||
      this.#drawing === null ||
      this.microBatchProblem !== null ||
      this.#unreadable.size > 0
    return blocked || this.#sampleSet === null ? null : toRequest(this.#choices, this.#sampleSet)
  }

  /** The split as chosen, for the leak meter; null while it cannot be made. */
  get splitQuestion(): SplitQuestion | null {
    const { seed, splitSeed, validation, stratify } = this.#choices
    if (this.#sampleSet === null || this.#unreadable.has('seed') || this.#unreadable.has('validation'))
      return null
    return { sampleSet: this.#sampleSet.id, seed: splitSeed ?? seed, validation, stratify }
  }

  /** The run whose plan the choices were copied from, and what differs from it by now; null without one. */
  get likeness(): { readonly name: string; readonly changes: readonly ChangedChoice[] } | null {
    if (this.#model === null) return null
    return { name: this.#model.name, changes: changedChoices(this.#model.choices, this.#choices) }
  }

  /** What to ask the engine for where a series is wanted; null for a single run or while something must be corrected. */
  get seriesRequest(): RequestInput<'series', 'start'> | null {
    return this.series.request(this.request)
  }

  /** Everything that is chosen can be trained. */
  get ready(): boolean {
    return this.series.kind === 'once' ? this.request !== null : this.seriesRequest !== null
  }

  /** What the preset has instead, for a choice that differs from it: "preset: 6". */
  presetNote(choice: NamedChoice): string | undefined {
    const preset = this.presetChoices
    return differs(choice, preset, this.#choices) ? `preset: ${choiceInWords(choice, preset)}` : undefined
  }

  /** How many of the choices that are folded away are not as the preset has them. */
  get moreChanged(): number {
    return MORE.filter((choice) => differs(choice, this.presetChoices, this.#choices)).length
  }

  change(change: Partial<TrainingChoices>): void {
    const head = change.head
    const weight =
      head !== undefined && head !== 'none' && this.#choices.headWeight === 0
        ? { headWeight: HEAD_WEIGHT }
        : {}
    this.#choices = { ...this.#choices, ...weight, ...change }
  }

  /** Told by a field whose text is not an acceptable value. */
  markReadable(field: string, readable: boolean): void {
    const unreadable = new Set(this.#unreadable)
    if (readable) unreadable.delete(field)
    else unreadable.add(field)
    this.#unreadable = unreadable
  }

  /** Puts everything that the preset decides in place; seed, split, head and name stay. */
  usePreset(preset: Preset): void {
    this.#choices = { ...this.#choices, ...presetSettings(preset, this.cropSize) }
    this.#unreadable = new Set()
    this.#generation += 1
  }

  /** Takes over everything that a run was trained with, except its name. */
  duplicate(plan: RunPlan, sampleSet: SampleSet): void {
    this.#sampleSet = sampleSet
    this.#choices = choicesOfPlan(plan)
    this.#model = { name: plan.name, choices: this.#choices }
    this.#unreadable = new Set()
    this.#generation += 1
  }

  private get presetChoices(): TrainingChoices {
    return presetChoices(this.#choices.preset, this.cropSize)
  }

  forgetLikeness(): void {
    this.#model = null
  }

  chooseSampleSet(sampleSet: SampleSet): void {
    const sizeChanged = sampleSet.size !== this.cropSize || this.#sampleSet === null
    this.#sampleSet = sampleSet
    if (sizeChanged) {
      this.change({ inputSize: presetInputSize(this.#choices.preset, sampleSet.size) })
      this.#generation += 1
    }
  }
}

function problemOf(attempt: () => void): string | null {
  try {
    attempt()
    return null
  } catch (error) {
    return describeFailure(error)?.message ?? null
  }
}

function fittingSizes(spec: string, cropSize: number): readonly number[] {
  return Array.from({ length: cropSize }, (_, index) => cropSize - index).filter(
    (size) =>
      size >= 8 &&
      cropSize % size === 0 &&
      problemOf(() => architectureFrom({ spec, inputSize: size, dropout: 0, head: null })) === null,
  )
}
