/** What goes out of the latent screen: the map with its fields, selections, decoded pictures. */
import type { CategoricalField, LatentFields, LatentMap, NumericField } from '@shared/domain/latent'
import type { RunSummary } from '@shared/domain/run'
import type { SampleWithPage } from '@shared/domain/sample-set'
import type { Caption } from '../../exports/caption'
import type { ExportedPicture } from '../../exports/picture-file'
import { runFact } from '../../exports/run-fact'
import type { ExportedTable } from '../../exports/table-file'

export function mapCaption(
  map: LatentMap,
  run: RunSummary,
  colourField: CategoricalField | NumericField | null,
): Caption {
  const { method } = map.settings
  return {
    title: 'Latent map',
    facts: [
      runFact(run),
      ['method', method.toUpperCase()],
      ...(colourField === null ? [] : [['coloured by', colourField.label] as const]),
      settingsOf(map),
      ['crops', String(map.samples.length)],
      ['weights', (run.weightsSha256 ?? 'unknown').slice(0, 12)],
    ],
  }
}

function settingsOf({ settings, explained }: LatentMap): readonly [name: string, value: string] {
  const { method, seed, neighbours, minimumDistance } = settings
  if (method === 'umap')
    return ['settings:', `${neighbours} neighbours, minimum distance ${minimumDistance}, seed ${seed}`]
  const [across = 0, up = 0] = explained ?? []
  return ['variance', `${Math.round(100 * across)} % across, ${Math.round(100 * up)} % up`]
}

/** One row per crop: its place on the map, where it is from, and every field that is known. */
export function mapTable(
  map: LatentMap,
  fields: LatentFields | null,
  sampleOf: ReadonlyMap<number, SampleWithPage>,
): ExportedTable {
  const places = new Map([...(fields?.samples ?? [])].map((index, at) => [index, at]))
  const known = [...(fields?.categorical ?? []), ...(fields?.numeric ?? [])]
  return {
    columns: ['map_x', 'map_y', ...CROP_COLUMNS, ...known.map(({ name }) => name)],
    rows: [...map.samples].map((index, point) => {
      const at = places.get(index) ?? -1
      return [
        map.coordinates[point * 2] ?? null,
        map.coordinates[point * 2 + 1] ?? null,
        ...cropCells(index, sampleOf),
        ...known.map((field) => cellOf(field, at)),
      ]
    }),
  }
}

function cellOf(field: CategoricalField | NumericField, at: number): string | number | null {
  if ('codes' in field) return field.values[field.codes[at] ?? -1] ?? null
  const value = field.values[at] ?? NaN
  return Number.isFinite(value) ? value : null
}

const CROP_COLUMNS = [
  'crop',
  'page_id',
  'file',
  'style_of_page',
  'composer_of_page',
  'piece_of_page',
  'page',
  'x',
  'y',
  'size',
] as const

function cropCells(
  index: number,
  sampleOf: ReadonlyMap<number, SampleWithPage>,
): readonly (string | number | null)[] {
  const sample = sampleOf.get(index)
  if (sample === undefined) return [index, ...CROP_COLUMNS.slice(1).map(() => null)]
  const { page, file, style, composer, piece, pageNumber, x, y, size } = sample
  return [index, page, file, style, composer, piece, pageNumber, x, y, size]
}

export function selectionCaption(run: RunSummary, crops: number): Caption {
  return {
    title: 'Selected crops',
    facts: [runFact(run), ['sample set', String(run.sampleSet)], ['crops', String(crops)]],
  }
}

/** Where each crop lies: its page, and its top left corner and side in page pixels. */
export function selectionTable(
  indices: readonly number[],
  sampleOf: ReadonlyMap<number, SampleWithPage>,
): ExportedTable {
  return { columns: CROP_COLUMNS, rows: indices.map((index) => cropCells(index, sampleOf)) }
}

export interface DecodedWords {
  /** What was mixed. */
  readonly words: string
  readonly captions: readonly string[]
  /** How often the greys were stretched. */
  readonly contrast: number
  readonly remark: string
  /** The strongest difference where one picture is of it. */
  readonly difference: number | null
}

export function decodedCaption(run: RunSummary, decoded: DecodedWords): Caption {
  const { words, captions, contrast, remark, difference } = decoded
  const last =
    difference === null
      ? []
      : [`last less first, blue darker and red lighter, ±${difference.toFixed(2)} of grey`]
  return {
    title: 'Painted by the decoder',
    facts: [
      runFact(run),
      ['what:', words],
      ['contrast', `×${contrast.toFixed(1)}`],
      ['from left to right:', [...captions, ...last].join(', ')],
      ['note:', remark.replace(/\.$/, '')],
    ],
  }
}

/** Side by side, a few pixels apart. */
export function decodedPicture(pictures: readonly ImageData[]): ExportedPicture {
  const GAP = 4
  const side = pictures[0]?.width ?? 0
  return {
    width: pictures.length * (side + GAP) - GAP,
    height: side,
    draw: (context) => {
      for (const [at, picture] of pictures.entries()) context.putImageData(picture, at * (side + GAP), 0)
    },
  }
}
