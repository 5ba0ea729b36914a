/** Trains two steps of one side at one batch size in a process of its own and prints its peak memory. */
import { openLayersSteps } from './layers-steps.mjs'
import { openOwnSteps } from './step-timing.mjs'

const [side, settings] = [process.argv[2], JSON.parse(process.argv[3])]
const steps = side === 'layers' ? await openLayersSteps(settings) : await openOwnSteps(settings)
const { peakMemoryBytes } = await steps.time(1)
process.stdout.write(`${peakMemoryBytes}\n`)
process.exit(0)
