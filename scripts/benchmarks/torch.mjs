import { capture } from '../support/child.mjs'
import { interleave, openOwnSteps, openPythonSteps, STUDY_AT_224 } from '../support/step-timing.mjs'

export const name = 'torch'
export const description = "a training step of the study's model at 224 × 224 against PyTorch, turn by turn"

const SCRIPT = 'torch_step_time.py'
const ROUNDS = { rounds: 12, stepsPerRound: 2 }

export async function run({ log }) {
  const settings = { ...STUDY_AT_224, ...ROUNDS }
  const { torch, allocator } = await openFastest(settings, log)
  const own = await openOwnSteps(settings)
  const sides = torch === null ? { scorescope: own } : { scorescope: own, torch }
  const figures = await interleave(sides, { rounds: settings.rounds, steps: settings.stepsPerRound })
  await own.close()
  await torch?.close()
  return {
    settings: { ...settings, ...own.versions, ...torch?.versions, torchAllocator: allocator },
    figures,
    ratios: torch === null ? {} : ratiosOf(figures),
  }
}

/** PyTorch with the system's allocator, or with tcmalloc where it is there and quicker. */
async function openFastest(settings, log) {
  const tcmalloc = await findTcmalloc()
  if (tcmalloc === null) log('tcmalloc is not installed: PyTorch is measured with the system’s allocator.')
  let fastest = { torch: null, allocator: 'none', seconds: Infinity }
  for (const preload of tcmalloc === null ? [null] : [null, tcmalloc]) {
    const torch = await openPythonSteps(SCRIPT, settings, { preload })
    if (torch === null) continue
    await torch.time(3)
    const { wallSeconds: seconds } = await torch.time(3)
    const slower = seconds < fastest.seconds ? fastest.torch : torch
    if (seconds < fastest.seconds) fastest = { torch, allocator: preload ?? "the system's", seconds }
    await slower?.close()
  }
  if (fastest.torch === null)
    log('PyTorch is skipped: no Python with torch was found; name one in SCORESCOPE_PYTHON.')
  return fastest
}

async function findTcmalloc() {
  if (process.platform !== 'linux') return null
  const { stdout } = await capture('sh', ['-c', 'PATH=$PATH:/sbin:/usr/sbin ldconfig -p'])
  return /=> (\S*libtcmalloc(?:_minimal)?\.so\S*)/.exec(stdout)?.[1] ?? null
}

function ratiosOf({ scorescope, torch }) {
  return {
    processorTimeToTorch: scorescope.processorSecondsPerStep / torch.processorSecondsPerStep,
    wallTimeToTorch: scorescope.wallSecondsPerStep / torch.wallSecondsPerStep,
  }
}
