/** On which crops channels are ranked: all, or those of one style or composer. */
import type { AblationReport } from '@shared/domain/feature'
import type { RankingScope } from '../../state/ablation-ranking.svelte'

export function scopesOf(
  report: Pick<AblationReport, 'intactByStyle' | 'intactByComposer'>,
): readonly RankingScope[] {
  const names = (record: Readonly<Record<string, number>>): readonly string[] =>
    Object.keys(record).sort((a, b) => a.localeCompare(b))
  return [
    { of: 'all' },
    ...names(report.intactByStyle).map((name) => ({ of: 'style', name }) as const),
    ...names(report.intactByComposer).map((name) => ({ of: 'composer', name }) as const),
  ]
}

export function keyOfScope(scope: RankingScope): string {
  return scope.of === 'all' ? 'all' : `${scope.of}/${scope.name}`
}

export function describeScope(scope: RankingScope): string {
  return scope.of === 'all' ? 'On all crops' : `${scope.of === 'style' ? 'Style' : 'Composer'}: ${scope.name}`
}
