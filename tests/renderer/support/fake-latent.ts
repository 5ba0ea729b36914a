/** A small latent space: crops as points that lie by style, their fields, and decoded pictures. */
import type { LocalApi } from '@shared/api'
import type {
  CategoricalField,
  DecodedCodes,
  LatentFields,
  LatentMap,
  LatentReports,
  LatentSelection,
  MapSettings,
} from '@shared/domain/latent'
import type { SampleWithPage } from '@shared/domain/sample-set'
import { AppError } from '@shared/errors'
import type { FakeEngine } from './fake-engine'
import { fakeReconstruction } from './fake-model'

export class FakeLatent {
  /** Runs whose UMAP is there; the others start a job for it. */
  readonly mapped = new Set<string>()
  selections: readonly LatentSelection[] = []
  /** By run. */
  readonly reports = new Map<string, LatentReports>()
}

export function latentApi(engine: FakeEngine): LocalApi['latent'] {
  return { ...mapVerbs(engine), ...selectionVerbs(engine), ...probeVerbs(engine) }
}

type Verbs<Verb extends keyof LocalApi['latent']> = Pick<LocalApi['latent'], Verb>

function mapVerbs(engine: FakeEngine): Verbs<'map' | 'fields' | 'neighbours' | 'outliers' | 'decode'> {
  const { latent } = engine
  const sampleOf = (run: string, index: number): SampleWithPage => {
    const found = engine.samples[index]
    if (found === undefined) throw AppError.of('latent/index-unknown', { run, index })
    return found
  }
  return {
    map: ({ run, ...settings }) =>
      settings.method === 'pca' || latent.mapped.has(run)
        ? { state: 'ready', map: fakeMap(run, engine.samples, settings) }
        : {
            state: 'computing',
            job: { job: engine.startJob('map', 'Drawing the map', run).job, kind: 'map' },
          },
    fields: ({ run }) => fakeFields(run, engine.samples),
    neighbours: ({ run, index, count, samePage, samePiece }) => {
      const from = sampleOf(run, index)
      return engine.samples
        .filter((sample) => sample.index !== index)
        .filter((sample) => samePage || sample.page !== from.page)
        .filter((sample) => samePiece || sample.piece !== from.piece)
        .map((sample) => ({ sample, distance: Math.abs(sample.index - index) / 100 }))
        .sort((a, b) => a.distance - b.distance)
        .slice(0, count)
    },
    outliers: ({ count }) => ({
      neighbours: 15,
      outliers: engine.samples.slice(0, count).map((sample, place) => ({
        sample,
        score: 3 - place * 0.05,
        explanation: 'Stands alone: its nearest crops lie three times as far away as theirs.',
      })),
      remark: 'Scores near 1 are usual.',
    }),
    decode: (request) => {
      switch (request.kind) {
        case 'average':
          return decoded(request.indices.slice(0, 1), ['average'])
        case 'path':
          return decoded(
            Array.from({ length: request.steps }, (_, step) => (step === 0 ? request.from : request.to)),
            Array.from({ length: request.steps }, (_, step) => `${step + 1} of ${request.steps}`),
          )
        case 'difference':
          return decoded(
            request.strengths.map((strength) => (strength > 0 ? request.group[0] : request.other[0]) ?? 0),
            request.strengths.map((strength) => `${strength} ×`),
          )
      }
    },
  }
}

function selectionVerbs(engine: FakeEngine): Verbs<'selections' | 'saveSelection' | 'removeSelection'> {
  const { latent } = engine
  return {
    selections: () => latent.selections,
    saveSelection: ({ run, name, note, indices }) => {
      const known = latent.selections.find((selection) => selection.name === name)
      const saved = {
        id: known?.id ?? Math.max(0, ...latent.selections.map((selection) => selection.id)) + 1,
        sampleSet: engine.runs.find((one) => one.run === run)?.sampleSet ?? 1,
        name,
        note,
        indices: [...indices].sort((a, b) => a - b),
        createdAt: '2025-11-24T08:20:00.000Z',
      }
      latent.selections = [saved, ...latent.selections.filter((selection) => selection !== known)]
      return saved
    },
    removeSelection: ({ id }) => {
      if (!latent.selections.some((selection) => selection.id === id))
        throw AppError.of('latent/selection-unknown', { id })
      latent.selections = latent.selections.filter((selection) => selection.id !== id)
      return { removed: id }
    },
  }
}

function probeVerbs(engine: FakeEngine): Verbs<'probe' | 'confounds' | 'reports'> {
  return {
    probe: ({ run }) => ({ job: engine.startJob('probe', 'Probing fields', run).job, kind: 'probe' }),
    confounds: ({ run }) => ({
      job: engine.startJob('confounds', 'Probing confounds', run).job,
      kind: 'confounds',
    }),
    reports: ({ run }) => engine.latent.reports.get(run) ?? { probe: null, confounds: null },
  }
}

function fakeMap(run: string, samples: readonly SampleWithPage[], settings: MapSettings): LatentMap {
  const styles = [...new Set(samples.map((sample) => sample.style))]
  return {
    run,
    sampleSet: 1,
    settings,
    samples: Int32Array.from(samples, (sample) => sample.index),
    coordinates: Float32Array.from(
      samples.flatMap((sample) => [
        styles.indexOf(sample.style) * 3 + Math.sin(sample.index * 1.7),
        Math.cos(sample.index * 2.3),
      ]),
    ),
    explained: settings.method === 'pca' ? [0.41, 0.22, 0.1, 0.05] : null,
    seconds: 0.2,
    remark: 'Crops that lie together have similar codes.',
  }
}

function fakeFields(run: string, samples: readonly SampleWithPage[]): LatentFields {
  const categorical = (name: 'style' | 'composer' | 'piece'): CategoricalField => {
    const values = [...new Set(samples.map((sample) => sample[name]))]
    const codes = Int32Array.from(samples, (sample) => values.indexOf(sample[name]))
    return { name, label: name, role: 'music', values, codes }
  }
  return {
    run,
    sampleSet: 1,
    samples: Int32Array.from(samples, (sample) => sample.index),
    pages: Int32Array.from(samples, (sample) => sample.page),
    categorical: [categorical('style'), categorical('composer'), categorical('piece')],
    numeric: [
      {
        name: 'whiteness',
        label: 'whiteness',
        role: 'picture',
        unit: '',
        values: Float32Array.from(samples, (sample) => sample.whiteness),
      },
    ],
  }
}

function decoded(indices: readonly number[], captions: readonly string[]): DecodedCodes {
  const pictures = indices.map((index, place) => ({
    caption: captions[place] ?? '',
    grey: fakeReconstruction(index, []).reconstruction,
  }))
  return { size: 32, pictures, remark: 'Pictures of mixtures are blurred.' }
}
