/** What the code knows: how well each field can be read off it, and what could be mistaken for the music. */
import type { FieldProbe, FieldRole, LatentReports, Remainder } from '@shared/domain/latent'
import type { Job } from '@shared/domain/job'
import type { RunSummary } from '@shared/domain/run'
import type { Application } from './application.svelte'
import { Loadable } from './loadable.svelte'

export type ProbeKind = 'probe' | 'confounds'

export interface ProbeGroup {
  readonly role: FieldRole
  readonly probes: readonly Probed[]
}

/** A field that could be probed. */
export type Probed = Exclude<FieldProbe, { readonly kind: 'none' }>

/** One field of the music as it is read off the code, before and after something was taken out. */
export interface RemainderRow {
  readonly words: string
  readonly probe: FieldProbe
}

const ROLES: readonly FieldRole[] = ['music', 'source', 'picture', 'model', 'other']

export class LatentKnowledge {
  readonly reports = new Loadable<LatentReports>()
  #opened: string | null = null

  /** Best read first within each group; groups without a field that could be probed are left out. */
  readonly groups: readonly ProbeGroup[] = $derived(groupProbes(this.reports.value?.probe?.fields ?? []))

  /** Fields that could not be probed, each with its reason. */
  readonly leftOut: readonly FieldProbe[] = $derived(
    (this.reports.value?.probe?.fields ?? []).filter(({ kind }) => kind === 'none'),
  )

  constructor(
    private readonly application: Application,
    private readonly run: () => RunSummary | null,
  ) {}

  /** The probe that is under way. */
  jobOf(kind: ProbeKind): Job | null {
    const run = this.run()?.run
    return this.application.jobs.running.find((job) => job.kind === kind && job.subject === run) ?? null
  }

  /** Asks for what is known of the run, once. */
  open(): void {
    const run = this.run()?.run
    if (run === undefined || run === this.#opened) return
    this.#opened = run
    this.reports.reset()
    this.load()
  }

  start(kind: ProbeKind): void {
    const run = this.run()?.run
    if (run === undefined) return
    const { latent } = this.application.api
    this.application.toasts.watch(kind === 'probe' ? latent.probe({ run }) : latent.confounds({ run }))
  }

  cancel(kind: ProbeKind): void {
    const job = this.jobOf(kind)
    if (job !== null) this.application.jobs.cancel(job.job)
  }

  jobEnded(job: Job): void {
    const run = this.run()?.run
    if (run === undefined || job.subject !== run || this.#opened !== run) return
    // New features are new codes: what was found of the earlier ones no longer holds.
    if (job.kind === 'probe' || job.kind === 'confounds' || job.kind === 'features') this.load()
  }

  private load(): void {
    const run = this.#opened
    if (run === null) return
    void this.reports.load((signal) => this.application.api.latent.reports({ run }, { signal }))
  }
}

function groupProbes(fields: readonly FieldProbe[]): readonly ProbeGroup[] {
  const probed = fields.filter((field): field is Probed => field.kind !== 'none')
  return ROLES.map((role) => ({
    role,
    probes: probed.filter((probe) => probe.role === role).sort(byStrength),
  })).filter(({ probes }) => probes.length > 0)
}

function byStrength(a: Probed, b: Probed): number {
  return strengthOf(b) - strengthOf(a)
}

/** How far above nothing, with 1 for all that could be known: fields of few and of many values become comparable. */
function strengthOf(probe: Probed): number {
  if (probe.kind === 'numeric') return probe.r2.value
  return probe.chance < 1 ? (probe.balancedAccuracy.value - probe.chance) / (1 - probe.chance) : 0
}

/** Plain, regressed, and held one confound at a time. */
export function remainderRows(
  { plain, regressed, held }: Remainder,
  labelOf: (field: string) => string,
): readonly RemainderRow[] {
  return [
    { words: 'As the code is', probe: plain },
    ...(regressed === null ? [] : [{ words: 'All of these regressed out', probe: regressed }]),
    ...held.map((probe) => ({
      words: `Among crops with the same ${probe.within.map(labelOf).join(' and ')}`,
      probe,
    })),
  ]
}
