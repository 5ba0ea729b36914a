/** What measured settings hold for: another processor, another number of cores or another TensorFlow is another machine. */
import { availableParallelism, cpus, totalmem } from 'node:os'

export interface Hardware {
  readonly processor: string
  readonly cores: number
  readonly memoryBytes: number
}

export function thisHardware(): Hardware {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    memoryBytes: limitedMemory(totalmem()),
  }
}

/** A container or a batch system may allow less than the machine has. */
export function limitedMemory(bytes: number): number {
  const allowed = process.constrainedMemory()
  return allowed > 0 ? Math.min(bytes, allowed) : bytes
}

/** Memory by its class only, the nearest power of two: what the system keeps for itself differs from day to day. */
export function hardwareKey({ processor, cores, memoryBytes }: Hardware): string {
  const gigabytes = 2 ** Math.round(Math.log2(Math.max(1, memoryBytes / 2 ** 30)))
  return `${processor}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${gigabytes} GB`
}

export function machineKey(hardware: Hardware, tensorflow: string): string {
  return `${hardwareKey(hardware)}, TensorFlow ${tensorflow}`
}
