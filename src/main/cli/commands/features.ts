import type { FeatureSummary } from '@shared/domain/feature'
import { withFeatures } from '../computed-first'
import { openProject } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

export const addFeatures: AddCommand = (program, run) => {
  program
    .command('features')
    .description('every channel of a run: how often it fires, and the samples that excite it most')
    .argument('<project>')
    .requiredOption('--run <run>', 'the trained run')
    .option('--layer <layer>', 'only this layer, e.g. encoder-1-1 or bottleneck')
    .option(...JSON_OPTION)
    .action((project: string, options: { run: string; layer?: string; json?: boolean }) =>
      run(async (session) => {
        await openProject(session, project)
        const { run: trained, layer } = options
        const request = layer === undefined ? { run: trained } : { run: trained, layer }
        const found = await withFeatures(session, trained, () => session.api.exploration.features(request))
        await session.console.result(found, (all) => all.map(describe))
      }, options),
    )
}

function describe(feature: FeatureSummary): string {
  const { address, density, mean, maximum, dead, lossWhenAbsent, top } = feature
  if (dead) return `${address}\tnever fires`
  const cost = lossWhenAbsent === null ? '' : `\tits absence costs ${lossWhenAbsent.toFixed(6)}`
  const best = top[0] === undefined ? '' : `\tstrongest on sample ${top[0].index}`
  const fires = `fires on ${(100 * density).toFixed(1)} %`
  return `${address}\t${fires}\tmean ${mean.toFixed(4)}\tmaximum ${maximum.toFixed(3)}${cost}${best}`
}
