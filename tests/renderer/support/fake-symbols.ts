/** A small probe sheet, and what channels answer to it, once a test says that it was measured. */
import type { LocalApi } from '@shared/api'
import type { ChannelLiking, ChannelResponses, SheetSymbol, SymbolSheet } from '@shared/domain/symbols'
import { AppError } from '@shared/errors'
import type { FakeEngine } from './fake-engine'
import { FAKE_DESCRIPTION, fakeLayer } from './fake-model'

export const FAKE_SYMBOLS: readonly SheetSymbol[] = [
  { id: 'notehead-black', name: 'black notehead', group: 'notehead' },
  { id: 'stem', name: 'stem', group: 'stem' },
  { id: 'beam', name: 'beam', group: 'beam' },
  { id: 'clef-treble', name: 'treble clef', group: 'clef' },
  { id: 'staff-line', name: 'staff line', group: 'staff line' },
]
const SPACES = [10, 14, 18]

export class FakeSymbols {
  /** Runs whose model has seen the sheet. */
  readonly measured = new Set<string>()
}

export function symbolsApi(engine: FakeEngine): LocalApi['symbols'] {
  const refuseUnmeasured = (run: string): void => {
    if (!engine.symbols.measured.has(run)) throw AppError.of('symbols/not-measured', { run })
  }
  return {
    sheet: ({ sampleSet }) => fakeSheet(sampleSet),
    measure: ({ run }) => ({
      job: engine.startJob('symbols', 'Showing the probe sheet', run).job,
      kind: 'symbols',
    }),
    responses: ({ run, layer, channel }) => {
      refuseUnmeasured(run)
      return fakeResponses(run, layer, channel)
    },
    likings: ({ run, layer }) => {
      refuseUnmeasured(run)
      return FAKE_DESCRIPTION.layers
        .filter((known) => layer === undefined || known.name === layer)
        .flatMap((known) =>
          Array.from({ length: known.channels }, (_, channel): ChannelLiking => {
            const symbol = FAKE_SYMBOLS[channel % FAKE_SYMBOLS.length] ?? null
            return { layer: known.name, channel, symbol, selectivity: 0.4 + (channel % 3) / 10 }
          }),
        )
    },
  }
}

function fakeSheet(sampleSet: number): SymbolSheet {
  const pictures = FAKE_SYMBOLS.flatMap((_, symbol) =>
    SPACES.map((_, space) => ({
      index: 1 + symbol * SPACES.length + space,
      symbol,
      space,
      shiftX: 0,
      shiftY: 0,
    })),
  )
  return { sampleSet, size: 448, spaces: SPACES, spacesMeasured: true, symbols: FAKE_SYMBOLS, pictures }
}

function fakeResponses(run: string, layer: string, channel: number): ChannelResponses {
  fakeLayer(layer)
  const liked = channel % FAKE_SYMBOLS.length
  const responses = FAKE_SYMBOLS.map((symbol, place) => {
    const distance = (place - liked + FAKE_SYMBOLS.length) % FAKE_SYMBOLS.length
    const response = 40 - 15 * distance
    return {
      symbol,
      response,
      relative: response / 40,
      bySpace: SPACES.map((_, space) => response * (0.8 + 0.2 * space)),
      total: response * 20,
      shiftDeviation: Math.abs(response) * 0.1,
      picture: 1 + place * SPACES.length,
    }
  }).sort((a, b) => b.response - a.response)
  const sentence = `Answers most to ${responses[0]?.symbol.name ?? 'nothing'}.`
  return { run, layer, channel, blank: 0.01, responses, sentence }
}
