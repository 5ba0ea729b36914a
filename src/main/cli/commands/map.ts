import type { LatentMap, MapMethod } from '@shared/domain/latent'
import { withFeatures } from '../computed-first'
import { decimalNumber, wholeNumber } from '../numbers'
import { follow, openProject, type Session } from '../session'
import { type AddCommand, JSON_OPTION } from './command'

interface MapOptions {
  readonly run: string
  readonly method?: MapMethod
  readonly seed?: number
  readonly neighbours?: number
  readonly minimumDistance?: number
  readonly json?: boolean
}

export const addMap: AddCommand = (program, run) => {
  program
    .command('map')
    .description('a map of all samples by their codes: principal components, or UMAP')
    .argument('<project>')
    .requiredOption('--run <run>', 'the trained run')
    .option('--method <method>', 'pca (default) or umap')
    .option('--seed <n>', 'of UMAP (1)', wholeNumber)
    .option('--neighbours <n>', 'per sample, itself included, that UMAP holds together (15)', wholeNumber)
    .option('--minimum-distance <d>', 'how close UMAP lets samples come (0.1)', decimalNumber)
    .option(...JSON_OPTION)
    .action((project: string, { json, ...request }: MapOptions) =>
      run(
        async (session) => {
          await openProject(session, project)
          await session.console.result(plain(await layOut(session, request)), describe)
        },
        { ...(json === undefined ? {} : { json }) },
      ),
    )
}

async function layOut(session: Session, request: Omit<MapOptions, 'json'>): Promise<LatentMap> {
  const { api, signal } = session
  for (;;) {
    const reply = await withFeatures(session, request.run, () => api.latent.map(request, { signal }))
    if (reply.state === 'ready') return reply.map
    await follow(session, reply.job)
  }
}

/** JSON has no typed arrays: lists, and a pair of coordinates per sample. */
function plain({ samples, coordinates, ...map }: LatentMap) {
  return {
    ...map,
    samples: [...samples],
    coordinates: Array.from(samples, (_, row) => [coordinates[2 * row] ?? 0, coordinates[2 * row + 1] ?? 0]),
  }
}

function describe({
  run,
  settings,
  samples,
  coordinates,
  explained,
  remark,
}: ReturnType<typeof plain>): readonly string[] {
  const [first = 0, second = 0] = explained ?? []
  const shares =
    explained === null
      ? ''
      : `; the axes hold ${(100 * first).toFixed(1)} % and ${(100 * second).toFixed(1)} % of the differences`
  return [
    `Run ${run}: ${settings.method === 'pca' ? 'principal components' : 'UMAP'} of ${samples.length} samples${shares}`,
    remark,
    'sample\tx\ty',
    ...samples.map((sample, row) =>
      [sample, ...(coordinates[row] ?? []).map((value) => value.toFixed(4))].join('\t'),
    ),
  ]
}
