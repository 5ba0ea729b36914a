/** A comparison of two sample sets as tables to export. */
import type { SampleSet } from '@shared/domain/sample-set'
import type { SampleSetComparison } from '@shared/domain/sampling-rules'
import type { Caption } from '../../exports/caption'
import type { ExportedTable } from '../../exports/table-file'

export function setFacts(one: SampleSet, other: SampleSet): Caption['facts'] {
  return [
    ['one', withHash(one)],
    ['other', withHash(other)],
  ]
}

/** Their names; with the start of their hashes where those are the same. */
export function tellApart(
  one: SampleSet,
  other: SampleSet,
): { readonly one: string; readonly other: string } {
  if (one.name !== other.name) return { one: one.name, other: other.name }
  return { one: withHash(one), other: withHash(other) }
}

function withHash({ name, hash }: SampleSet): string {
  return `${name} (${hash.slice(0, 8)})`
}

export function rulesTable({ differences }: SampleSetComparison): ExportedTable {
  return {
    columns: ['rule', 'one', 'other'],
    rows: differences.map(({ rule, one, other }) => [rule, one, other]),
  }
}

export function countsTable({ crops, pages, changedPages, whiteness }: SampleSetComparison): ExportedTable {
  return {
    columns: ['what', 'one', 'other', 'shared'],
    rows: [
      ['crops', crops.one, crops.other, crops.shared],
      ['pages', pages.one, pages.other, pages.shared],
      ['pages with another file', null, null, changedPages],
      ['mean whiteness', whiteness.one, whiteness.other, null],
    ],
  }
}

export function composersTable({ composers }: SampleSetComparison): ExportedTable {
  return {
    columns: ['style', 'composer', 'one', 'other', 'shared'],
    rows: composers.map(({ style, composer, one, other, shared }) => [style, composer, one, other, shared]),
  }
}
