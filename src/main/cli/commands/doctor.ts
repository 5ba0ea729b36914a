import type { DoctorReport } from '@shared/domain/system'
import { type AddCommand, JSON_OPTION } from './command'

export const addDoctor: AddCommand = (program, run) => {
  program
    .command('doctor')
    .description('what works on this machine: backend, devices, memory, where each native part came from')
    .option(...JSON_OPTION)
    .action((options: { json?: boolean }) =>
      run(async ({ api, console, signal }) => {
        await console.result(await api.system.doctor(undefined, { signal }), describe)
      }, options),
    )
}

function describe(report: DoctorReport): readonly string[] {
  const { version, node, platform, backend, tensorflow, electron, memory, cores } = report
  const native = backend === 'tensorflow' ? `TensorFlow ${tensorflow ?? ''}` : 'plain JavaScript'
  return [
    `Scorescope ${version} on ${platform}, Node ${node}`,
    `Trains with ${native}`,
    ...report.devices.map(({ name, type, memoryBytes }) =>
      memoryBytes === null
        ? `Device ${name} (${type})`
        : `Device ${name} (${type}, ${gigabytes(memoryBytes)})`,
    ),
    report.gpu.used ? report.gpu.reason : `No GPU is used. ${report.gpu.reason}`,
    `${gigabytes(memory.freeBytes)} of ${gigabytes(memory.totalBytes)} memory free, ${cores} cores`,
    electron.available
      ? `The desktop window can open (Electron ${electron.version ?? ''})`
      : `The desktop window cannot open: ${electron.reason}`,
    ...report.natives.map(({ name, version: found, origin }) => `${name} ${found}: ${origin}`),
    ...report.problems.map((problem) => `Problem: ${problem}`),
  ]
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`
}
