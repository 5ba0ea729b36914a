/** One crop of a sample set as a picture. */
import sharp from 'sharp'
import type { EncodedPicture } from '@shared/api'
import { openSampleStore } from '../../storage/sample-store'

/**
 * @param path of the set's samples/<id>.u8
 * @throws AppError sampling/store-damaged, sampling/index-unknown
 */
export async function readCropPicture(path: string, index: number): Promise<EncodedPicture> {
  const store = openSampleStore(path)
  let pixels: Uint8Array
  try {
    pixels = store.read([index])
  } finally {
    store.close()
  }
  const raw = { width: store.size, height: store.size, channels: 1 } as const
  const bytes = await sharp(pixels, { raw }).toColourspace('b-w').png({ compressionLevel: 4 }).toBuffer()
  return { mediaType: 'image/png', bytes, immutable: true }
}
