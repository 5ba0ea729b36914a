/** Probes as jobs: every field, or the confounds and what is left without them. */
import type { JobReference } from '@shared/domain/job'
import type { ConfoundReport, FieldProbe, LatentFields, ProbeReport } from '@shared/domain/latent'
import { FOLDS, LEAST_PIECES, SHUFFLES } from '../../numerics/linear-probe'
import type { Clock, JobContext, Jobs, ProjectAccess } from '../ports'
import { pauseFor, type RunCodes } from './codes'
import { findConfounds, confoundsIn, type Probe, probesOf } from './confounds'
import { probeField } from './probe'
import { fieldNamed, probeSubject, type ProbeSubject } from './probe-subject'
import { storeReport } from './report-records'

export interface ProbingDependencies {
  readonly projects: ProjectAccess
  readonly jobs: Jobs
  readonly clock: Clock
  /** @throws AppError exploration/features-missing, training/run-unknown, latent/too-few-crops */
  readonly codesOf: (run: string) => RunCodes
  readonly fieldsOf: (codes: RunCodes, signal: AbortSignal) => Promise<LatentFields>
}

const LABEL = 'Probing the codes'
/** Of a page or piece there is only one: nothing of it could be held out. */
const UNPROBED = ['piece', 'page']

const METHOD = [
  `A linear classifier (for numbers: ridge regression) reads each field off the pooled codes. Whole pieces are held out in ${FOLDS} folds; codes are standardised, and controls regressed out, on the training folds alone. Values with fewer than ${LEAST_PIECES} pieces are left out.`,
  'Balanced accuracy is the mean over values of the share that is named rightly; intervals are 95 % and come from drawing whole pieces with replacement.',
  `As a control, labels are shuffled ${SHUFFLES} times among pieces (among pages, where a piece has several values): what a probe finds then is chance.`,
  'Composers are not held out: a style may be known by its composers, and a composer by a scanner or a printer.',
]

export class Probing {
  constructor(private readonly dependencies: ProbingDependencies) {}

  /** @throws AppError exploration/features-missing, job/busy */
  probe(
    run: string,
    fields: readonly string[] | undefined,
    controls: readonly string[],
  ): JobReference<'probe'> {
    return this.start('probe', run, async (subject, context) => {
      const names = fields ?? probedFields(subject)
      for (const name of [...names, ...controls]) fieldNamed(subject, name)
      const probe = progressing(subject, context, names.length)
      const found: FieldProbe[] = []
      for (const name of names) {
        const without = controls.filter((control) => control !== name)
        found.push(await probe(name, { without, within: null }))
      }
      return { run, fields: found, method: METHOD }
    })
  }

  /** @throws AppError exploration/features-missing, job/busy */
  confounds(run: string): JobReference<'confounds'> {
    return this.start('confounds', run, async (subject, context) => {
      const probe = progressing(subject, context, probesOf(confoundsIn(subject)))
      return { run, ...(await findConfounds(subject, probe)), method: METHOD }
    })
  }

  private start<Kind extends 'probe' | 'confounds'>(
    kind: Kind,
    run: string,
    work: (subject: ProbeSubject, context: JobContext) => Promise<Omit<Report<Kind>, 'seconds'>>,
  ): JobReference<Kind> {
    const { jobs, clock, projects, codesOf, fieldsOf } = this.dependencies
    const codes = codesOf(run)
    const carryOut = async (context: JobContext): Promise<Report<Kind>> => {
      const startMs = clock.elapsedMs()
      const { database } = projects.required()
      context.progress({ label: LABEL, done: 0, total: 0 })
      const subject = probeSubject(codes, await fieldsOf(codes, context.signal))
      const found = await work(subject, context)
      const report = { ...found, seconds: (clock.elapsedMs() - startMs) / 1000 } as Report<Kind>
      const { weightsSha256 } = codes
      storeReport(database, kind, { report, weightsSha256, finishedAt: clock.now().toISOString() })
      return report
    }
    return jobs.start<Kind>(
      kind,
      { label: LABEL, subject: run },
      carryOut as Parameters<typeof jobs.start<Kind>>[2],
    )
  }
}

interface Reports {
  readonly probe: ProbeReport
  readonly confounds: ConfoundReport
}
type Report<Kind extends keyof Reports> = Reports[Kind]

function probedFields({ fields }: ProbeSubject): readonly string[] {
  const names = [...fields.categorical, ...fields.numeric].map(({ name }) => name)
  return names.filter((name) => !UNPROBED.includes(name))
}

/** One probe after the other, with one progress for all. */
function progressing(subject: ProbeSubject, context: JobContext, probes: number): Probe {
  let before = 0
  const pause = pauseFor(context.signal)
  return async (name, options) => {
    const onProgress = (done: number, total: number): void => {
      context.progress({ label: LABEL, done: before + done / total, total: probes })
    }
    const found = await probeField(subject, name, { ...options, context: { pause, onProgress } })
    before += 1
    context.progress({ label: LABEL, done: before, total: probes })
    return found
  }
}
