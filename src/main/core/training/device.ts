/** Whether the process that was started can do what the plan asks of its device. */
import type { BackendReport } from '@shared/compute-api'
import type { RunPlan } from '@shared/domain/run'
import { AppError } from '@shared/errors'

/** @throws AppError training/device-unknown, training/precision-needs-gpu */
export function requireDevice(
  { device, precision }: Pick<RunPlan, 'device' | 'precision'>,
  report: BackendReport,
): void {
  if (device?.startsWith('gpu:') === true && !report.gpu.used)
    throw AppError.of('training/device-unknown', { device, reason: report.gpu.reason.replace(/\.$/, '') })
  if (precision === 'mixed' && !report.gpu.used)
    throw AppError.of('training/precision-needs-gpu', { device: report.device })
}
