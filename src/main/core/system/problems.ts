import type { DoctorReport } from '@shared/domain/system'
import type { BackendFinding } from './index'

interface Findings {
  readonly backend: BackendFinding
  readonly electron: DoctorReport['electron']
  readonly memory: DoctorReport['memory']
}

/** What the study's model takes at its real size with small micro-batches. */
const STUDY_BYTES = 6e9
const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1)

/** One sentence for each thing that does not work here: what it is, and what to do. */
export function findProblems({ backend, electron, memory }: Findings): string[] {
  const problems: string[] = []
  if (backend.failure !== null) problems.push(backend.failure)
  if (backend.report?.backend === 'js')
    problems.push(
      `Training runs in plain JavaScript, which is slow, because TensorFlow is not loaded: ${sentence(backend.report.origin)}`,
    )
  const gpu = backend.report?.backend === 'tensorflow' ? backend.report.gpu : null
  if (gpu?.present === true && !gpu.used)
    problems.push(`Training does not use the GPU. ${sentence(gpu.reason)}`)
  if (!electron.available)
    problems.push(
      `The desktop window cannot open here (${electron.reason}): "scorescope serve" opens the same app in a browser.`,
    )
  if (memory.freeBytes < STUDY_BYTES)
    problems.push(
      `${gigabytes(memory.freeBytes)} GB of memory are free, and the study's model needs about ${gigabytes(STUDY_BYTES)} GB: close other programs, or train with the preset "quick".`,
    )
  return problems
}

const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`)
