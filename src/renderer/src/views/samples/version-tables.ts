/** A comparison of two sample sets as tables to export. */
import type { SampleSet } from '@shared/domain/sample-set'
import type { SampleSetComparison } from '@shared/domain/sampling-rules'
import type { Caption } from '../../exports/caption'
import type { ExportedTable } from '../../exports/table-file'

export function setFacts(one: SampleSet, other: SampleSet): Caption['facts'] {
  const said = ({ name, hash }: SampleSet): string => `${name} (${hash.slice(0, 8)})`
  return [
    ['one', said(one)],
    ['other', said(other)],
  ]
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
