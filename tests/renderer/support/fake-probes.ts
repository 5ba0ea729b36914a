/** What probes found of a run's codes, made up: the code knows the scanner better than the music. */
import type { IntervalMethod } from '@shared/domain/evaluation'
import type {
  CategoricalProbe,
  ConfoundReport,
  FieldProbe,
  FieldRole,
  NumericProbe,
  ProbeReport,
} from '@shared/domain/latent'

const INTERVAL: IntervalMethod = {
  name: 'cluster bootstrap, percentile',
  level: 0.95,
  unit: 'piece',
  units: 40,
  resamples: 1000,
  seed: 1,
}

interface Named {
  readonly field: string
  readonly label: string
  readonly role: FieldRole
}

function base({
  field,
  label,
  role,
}: Named): Pick<CategoricalProbe, 'field' | 'label' | 'role' | 'crops' | 'pieces' | 'without' | 'within'> {
  return { field, label, role, crops: 448, pieces: 40, without: [], within: [] }
}

function categorical(named: Named, balanced: number, chance: number): CategoricalProbe {
  return {
    ...base(named),
    kind: 'categorical',
    classes: [
      { value: 'one', pieces: 20, recall: balanced },
      { value: 'another', pieces: 17, recall: balanced },
    ],
    leftOut: [{ value: 'a third', pieces: 1 }],
    accuracy: { value: balanced + 0.04, low: balanced - 0.03, high: balanced + 0.1 },
    balancedAccuracy: { value: balanced, low: balanced - 0.07, high: balanced + 0.07 },
    chance,
    majority: chance + 0.12,
    shuffled: { shuffles: 100, mean: chance, high: chance + 0.1, p: 0.0099 },
    interval: INTERVAL,
    sentence: `The code tells them apart with ${Math.round(100 * balanced)} %.`,
  }
}

function numeric(named: Named, r2: number): NumericProbe {
  return {
    ...base(named),
    kind: 'numeric',
    r2: { value: r2, low: r2 - 0.05, high: r2 + 0.02 },
    shuffled: { shuffles: 100, mean: -0.03, high: -0.001, p: r2 > 0 ? 0.0099 : 0.6 },
    interval: INTERVAL,
    sentence: `The code predicts it: R² ${r2.toFixed(2)}.`,
  }
}

const STYLE: Named = { field: 'style', label: 'Style', role: 'music' }
const SOURCE: Named = { field: 'source', label: 'Scan source', role: 'source' }
const PUBLISHER: FieldProbe = {
  ...base({ field: 'publisher', label: 'Publisher', role: 'source' }),
  kind: 'none',
  sentence: 'Every crop has the same value.',
}

export function fakeProbeReport(run: string): ProbeReport {
  return {
    run,
    fields: [
      numeric({ field: 'page', label: 'Page of the piece', role: 'music' }, -0.01),
      categorical(STYLE, 0.32, 0.14),
      categorical(SOURCE, 0.88, 0.25),
      PUBLISHER,
      numeric({ field: 'whiteness', label: 'Whiteness', role: 'picture' }, 0.97),
    ],
    method: ['Ridge on pooled codes.', 'Five folds of whole pieces.'],
    seconds: 3,
  }
}

export function fakeConfoundReport(run: string): ConfoundReport {
  const plain = categorical(STYLE, 0.32, 0.14)
  return {
    run,
    confounds: [categorical(SOURCE, 0.88, 0.25), PUBLISHER],
    remainders: [
      {
        field: 'style',
        label: 'Style',
        plain,
        regressed: { ...categorical(STYLE, 0.27, 0.14), without: ['source'] },
        held: [{ ...categorical(STYLE, 0.42, 0.18), within: ['source'] }],
      },
    ],
    sentences: [
      'The code tells scan sources apart with 88 % (chance 25 %): differences between composers may be differences between scan sources.',
      'Styles are told apart with 32 %; with all of this regressed out 27 %.',
    ],
    method: ['Ridge on pooled codes.'],
    seconds: 5,
  }
}
