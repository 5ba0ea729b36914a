import { existsSync, readFileSync } from 'node:fs'
import { capture } from './child.mjs'

/** CUDA 12 runs on drivers from this branch on (NVIDIA's table of minor version compatibility). */
const OLDEST_DRIVER = 525

/** Where a driver shows itself; the last is Linux within Windows. */
const PLACES = {
  version: '/proc/driver/nvidia/version',
  libraries: ['/usr/lib/wsl/lib/libcuda.so.1'],
}

/**
 * Why CUDA 12 cannot be used here, in a few words; null where it can.
 * @param {{version: string, libraries: string[]}} [places]
 * @returns {Promise<string|null>}
 */
export async function driverProblem(places = PLACES) {
  if (existsSync(places.version)) return ageProblem(readFileSync(places.version, 'utf8'))
  if (places.libraries.some((path) => existsSync(path))) return null
  const cache = await capture('sh', ['-c', 'PATH=$PATH:/sbin:/usr/sbin ldconfig -p'])
  if (cache.stdout.includes('libcuda.so.1 ')) return null
  return 'no NVIDIA driver is loaded'
}

/** The text of /proc/driver/nvidia/version: "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  …". */
function ageProblem(text) {
  const version = /Module.*?\s(\d+)\.(\d+[\d.]*)/.exec(text)
  if (version === null || Number(version[1]) >= OLDEST_DRIVER) return null
  return `the NVIDIA driver is version ${version[1]}.${version[2]}, and CUDA 12 needs ${OLDEST_DRIVER} or newer`
}
