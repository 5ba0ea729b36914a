import { setTimeout as wait } from 'node:timers/promises'
import { PlainFailure } from '../../support/say.mjs'

/**
 * A quick training that is under way and does not end by itself.
 * @param {{ask(noun: string, verb: string, request?: unknown): Promise<any>}} engine with a project that has samples
 */
export async function startQuickTraining(engine) {
  const { run, job } = await engine.ask('training', 'start', { seed: 1, preset: 'quick', epochs: 1000 })
  const steps = async () => (await engine.ask('training', 'metrics', { run })).steps.length
  while ((await steps()) === 0) {
    const { status } = await engine.ask('jobs', 'get', { job })
    if (status !== 'running') throw new PlainFailure(`The training is ${status} before its first step.`)
    await wait(250)
  }
  return {
    steps,
    async cancel() {
      await engine.ask('training', 'cancel', { run })
      await engine.ask('jobs', 'wait', { job }).catch(() => undefined)
    },
  }
}
