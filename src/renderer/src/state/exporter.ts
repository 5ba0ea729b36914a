/** Figures and tables out of the window: to files, with their caption, and to the clipboard. */
import type { TopLevelSpec } from 'vega-lite'
import type { ExportedFile } from '@shared/bridge'
import { type ChartSize } from '../charts/chart-frame'
import { chartSvg } from '../charts/chart-svg'
import { type Caption, captionLine, fileNameOf } from '../exports/caption'
import {
  chartAsSvg,
  chartPicture,
  type ExportedPicture,
  pictureAsPng,
  pictureAsSvg,
} from '../exports/picture-file'
import { tableAsLatex, tableAsMarkdown } from '../exports/printed-table'
import { type ExportedTable, tableAsCsv } from '../exports/table-file'
import type { Application } from './application.svelte'

/** What can be exported of one thing on the screen; leave out what it does not have. */
export interface Exportable {
  readonly caption: Caption
  /** Asked for when it is exported. */
  readonly picture?: () => ExportedPicture | Promise<ExportedPicture>
  /** A chart in the colours of paper (charts/palette.ts). */
  readonly chart?: (size: ChartSize) => TopLevelSpec
  /** Of the chart, in pixels; 640 × 320 unless said otherwise. */
  readonly chartSize?: ChartSize
  readonly table?: () => ExportedTable
  /** The table is one that papers print: it can be had as Markdown and LaTeX too. */
  readonly printed?: boolean
}

export interface ExportChoice {
  readonly label: string
  readonly run: () => Promise<void>
}

const CHART_SIZE: ChartSize = { width: 640, height: 320 }

/** The menu of an exportable thing. */
export function exportChoices(application: Application, what: Exportable): readonly ExportChoice[] {
  const { caption, picture, chart, table, printed = false, chartSize = CHART_SIZE } = what
  const drawChart = chart === undefined ? undefined : () => chartSvg(chart(chartSize), chartSize)
  const drawing =
    picture ?? (drawChart === undefined ? undefined : async () => chartPicture(await drawChart()))
  const choices: ExportChoice[] = []
  const add = (label: string, work: () => Promise<void>): void => {
    choices.push({ label, run: () => attempt(application, work) })
  }
  if (drawing !== undefined) {
    add('Save as PNG …', async () =>
      save(application, caption, 'png', await pictureAsPng(await drawing(), caption)),
    )
    add('Save as SVG …', async () => {
      const svg =
        drawChart === undefined
          ? await pictureAsSvg(await drawing(), caption)
          : chartAsSvg(await drawChart(), caption)
      await save(application, caption, 'svg', new TextEncoder().encode(svg))
    })
    add('Copy the picture', async () => {
      const png = await pictureAsPng(await drawing(), caption)
      await navigator.clipboard.write([
        new ClipboardItem({ 'image/png': new Blob([png.slice()], { type: 'image/png' }) }),
      ])
      application.toasts.say('Copied the picture with its caption.', 'good')
    })
  }
  if (table !== undefined) {
    add('Save the numbers as CSV …', () =>
      save(application, caption, 'csv', new TextEncoder().encode(tableAsCsv(caption, table()))),
    )
    if (printed) {
      const saveText = (kind: 'md' | 'tex', text: string): Promise<void> =>
        save(application, caption, kind, new TextEncoder().encode(text))
      add('Save the table as Markdown …', () => saveText('md', tableAsMarkdown(caption, table())))
      add('Save the table as LaTeX …', () => saveText('tex', tableAsLatex(caption, table())))
    }
    add('Copy the numbers', async () => {
      await navigator.clipboard.writeText(tableAsCsv(caption, table()))
      application.toasts.say('Copied the numbers with their caption.', 'good')
    })
  }
  add('Copy the caption', async () => {
    await navigator.clipboard.writeText(captionLine(caption))
    application.toasts.say('Copied the caption.', 'good')
  })
  return choices
}

async function save(
  { connection, toasts }: Application,
  caption: Caption,
  kind: ExportedFile['kind'],
  bytes: Uint8Array,
): Promise<void> {
  const place = await connection.host.saveFile({ name: fileNameOf(caption, kind), kind, bytes })
  if (place !== null) toasts.say(`Exported to ${place}.`, 'good')
}

async function attempt({ toasts }: Application, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    toasts.say(`That could not be exported: ${reason}`, 'danger')
  }
}
