import { describe, expect, it } from 'vitest'
import { Application } from '../../src/renderer/src/state/application.svelte'
import { exportChoices } from '../../src/renderer/src/state/exporter'
import { captionLine, captionLines, fileNameOf } from '../../src/renderer/src/exports/caption'
import { loadImage } from '../../src/renderer/src/exports/picture-file'
import { tableAsLatex, tableAsMarkdown } from '../../src/renderer/src/exports/printed-table'
import { tableAsCsv } from '../../src/renderer/src/exports/table-file'
import { FakeEngine } from './support/fake-engine'
import { MemoryStorage } from './support/memory-storage'

const caption = {
  title: 'Most exciting crops',
  facts: [
    ['run', 'k3f9 (quick, seed 1)'],
    ['layer', 'bottleneck'],
    ['channel', '3'],
  ],
} as const

describe('a caption', () => {
  it('says what, of which run, layer and channel, and fits into lines between words', () => {
    expect(captionLine(caption)).toBe(
      'Most exciting crops. Run k3f9 (quick, seed 1); layer bottleneck; channel 3.',
    )
    expect(captionLines(caption, 30)).toEqual([
      'Most exciting crops. Run k3f9',
      '(quick, seed 1); layer',
      'bottleneck; channel 3.',
    ])
    expect(captionLine({ title: 'Corpus', facts: [] })).toBe('Corpus.')
  })

  it('names the file in plain letters', () => {
    const strange = { title: 'Größe: Föhn/Sturm?', facts: [['page', '“12”']] } as const
    expect(fileNameOf(strange, 'png')).toBe('gro-e-fo-hn-sturm-page-12.png')
    expect(fileNameOf(caption, 'csv')).toBe(
      'most-exciting-crops-run-k3f9-quick-seed-1-layer-bottleneck-channel-3.csv',
    )
  })
})

describe('an exported table', () => {
  it('keeps commas, quotes, line breaks and what looks like a caption', () => {
    const rows = [
      ['Bach, J. S.', 0.5],
      ['say "no"\nnow', null],
      ['# 4', -1],
    ] as const
    expect(tableAsCsv(caption, { columns: ['composer', 'effect'], rows }).split('\r\n')).toEqual([
      '# Most exciting crops. Run k3f9 (quick, seed 1); layer bottleneck; channel 3.',
      'composer,effect',
      '"Bach, J. S.",0.5',
      '"say ""no""\nnow",',
      '"# 4",-1',
      '',
    ])
  })
})

describe('the export menu', () => {
  const engine = new FakeEngine()
  const application = new Application(engine.connection, new MemoryStorage())
  const saved = () => engine.host.savedFiles.at(-1)

  async function choose(label: string, what: Parameters<typeof exportChoices>[1]): Promise<void> {
    const choice = exportChoices(application, what).find((one) => one.label.startsWith(label))
    if (choice === undefined) throw new Error(`The menu has no ${label}.`)
    await choice.run()
  }

  const dot = {
    width: 4,
    height: 2,
    draw: (context: CanvasRenderingContext2D) => {
      context.fillStyle = '#ff0000'
      context.fillRect(1, 0, 1, 1)
    },
  }

  it('saves a picture with its caption under it, enlarged pixel by pixel', async () => {
    await choose('Save as PNG', { caption, picture: () => dot })
    expect(saved()).toMatchObject({ kind: 'png' })
    const image = await loadImage(URL.createObjectURL(new Blob([saved()?.bytes.slice() ?? new Uint8Array()])))
    const canvas = document.createElement('canvas')
    canvas.width = image.naturalWidth
    canvas.height = image.naturalHeight
    const context = canvas.getContext('2d')
    context?.drawImage(image, 0, 0)
    // Four pixels become 480 within a margin of 12: the second is red from 132 to 251.
    const at = (x: number, y: number) => [...(context?.getImageData(x, y, 1, 1).data ?? [])].slice(0, 3)
    expect(at(140, 60)).toEqual([255, 0, 0])
    expect(at(120, 60)).toEqual([255, 255, 255])
    expect(image.naturalHeight).toBeGreaterThan(240 + 36)
  })

  it('saves a drawing whose caption stays text', async () => {
    await choose('Save as SVG', { caption, picture: () => dot })
    const text = new TextDecoder().decode(saved()?.bytes)
    const svg = new DOMParser().parseFromString(text, 'image/svg+xml')
    expect(svg.querySelector('parsererror')).toBeNull()
    expect(svg.querySelector('title')?.textContent).toBe('Most exciting crops')
    expect(svg.querySelector('desc')?.textContent).toContain('layer bottleneck')
  })

  it('draws a chart in the colours of paper, as SVG and as PNG', async () => {
    const chart = {
      caption,
      chart: ({ width, height }: { readonly width: number; readonly height: number }) => ({
        $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
        width,
        height,
        data: { values: [{ x: 1, y: 2 }] },
        mark: 'point' as const,
        encoding: {
          x: { field: 'x', type: 'quantitative' as const },
          y: { field: 'y', type: 'quantitative' as const },
        },
      }),
    }
    await choose('Save as SVG', chart)
    expect(new TextDecoder().decode(saved()?.bytes)).toContain('mark-symbol')
    await choose('Save as PNG', chart)
    expect(saved()?.bytes.length).toBeGreaterThan(1000)
  })

  it('saves numbers, says where, and says plainly what could not be exported', async () => {
    const table = () => ({ columns: ['a'], rows: [[1]] })
    await choose('Save the numbers', { caption, table })
    expect(application.toasts.items.at(-1)).toMatchObject({ tone: 'good' })
    const broken = () => {
      throw new Error('there is nothing to export.')
    }
    await choose('Save the numbers', { caption, table: broken })
    expect(application.toasts.items.at(-1)?.message).toBe(
      'That could not be exported: there is nothing to export.',
    )
  })
})

describe('a table for print', () => {
  const table = {
    columns: ['composer', 'pages_all', 'share'],
    rows: [
      ['Bach & sons', 34, 0.5],
      ['a|b {100 %} \\', 2, null],
    ],
  } as const
  const caption = { title: 'Corpus', facts: [['project', 'x_1']] } as const

  it('is Markdown whose numbers stand at the right', () => {
    expect(tableAsMarkdown(caption, table).split('\n')).toEqual([
      'Corpus. Project x_1.',
      '',
      '| composer | pages_all | share |',
      '| :--- | ---: | ---: |',
      '| Bach & sons | 34 | 0.5 |',
      '| a\\|b {100 %} \\\\ | 2 |  |',
      '',
    ])
  })

  it('is LaTeX in which no sign means anything', () => {
    const lines = tableAsLatex(caption, table).split('\n')
    expect(lines).toContain('  \\caption{Corpus. Project x\\_1.}')
    expect(lines).toContain('  \\begin{tabular}{lrr}')
    expect(lines).toContain('  composer & pages\\_all & share \\\\')
    expect(lines).toContain('  Bach \\& sons & 34 & 0.5 \\\\')
    expect(lines).toContain('  a|b \\{100 \\%\\} \\textbackslash{} & 2 &  \\\\')
  })

  it('is offered where the table is one that papers print', async () => {
    const engine = new FakeEngine()
    const application = new Application(engine.connection, new MemoryStorage())
    const labels = (printed: boolean): readonly string[] =>
      exportChoices(application, { caption, table: () => table, printed }).map(({ label }) => label)
    expect(labels(false).some((label) => label.includes('LaTeX'))).toBe(false)
    const choices = exportChoices(application, { caption, table: () => table, printed: true })
    await choices.find(({ label }) => label.includes('LaTeX'))?.run()
    await choices.find(({ label }) => label.includes('Markdown'))?.run()
    expect(engine.host.savedFiles.map(({ name, kind }) => [name, kind])).toEqual([
      ['corpus-project-x-1.tex', 'tex'],
      ['corpus-project-x-1.md', 'md'],
    ])
  })
})
