/** Decoding as an interface: what the decoding process hosts, and what tests use without one. */
import type { DecodeApi, PictureSource } from '@shared/decode-api'
import type { Local } from '@shared/remote'
import { likeness } from '../numerics/page-health/likeness'
import { measurePage, portraitOfPage } from '../numerics/page-health/measure'
import { decodeGrey, drawThumbnail, type Pixels, readFacts, renderPage } from './images'
import { PdfReader } from './pdf'
import { tiffParts } from './tiff-parts'

export { GREY_METHOD } from './grey'
export { pictureProblem, refusalOf } from './picture-problem'

export function createDecoding(): Local<DecodeApi> {
  const pdfs = new PdfReader()
  const pixelsOf = async (source: PictureSource): Promise<Pixels> =>
    source.format === 'pdf' ? await pdfs.draw(source) : source
  return {
    pictures: {
      parts: async ({ path, format }) => {
        if (format === 'pdf') return await pdfs.parts(path)
        return format === 'tiff' ? await tiffParts(path) : [1]
      },
      examine: async (source) => {
        if (source.format !== 'pdf')
          return { ...(await readFacts(source)), thumbnail: await drawThumbnail(source) }
        const { dpi, ...drawn } = await pdfs.draw(source)
        const { width, height } = drawn
        return { width, height, orientation: 1, dpi, thumbnail: await drawThumbnail(drawn) }
      },
      grey: async (source) => await decodeGrey(await pixelsOf(source)),
      render: async ({ source, side }) => await renderPage(await pixelsOf(source), side),
      thumbnail: async (source) => await drawThumbnail(await pixelsOf(source)),
      measure: async (source) => measurePage(await decodeGrey(await pixelsOf(source))),
      portray: async (source) => portraitOfPage(await decodeGrey(await pixelsOf(source))),
      likeness: ({ one, other }) => likeness(one, other),
    },
  }
}
