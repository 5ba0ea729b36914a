/** Pictures by address. */
import { z } from 'zod'

export interface EncodedPicture {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp'
  readonly bytes: Uint8Array
  /** Its content can never change under this address. */
  readonly immutable: boolean
}

export const picturesRequests = {
  /** `address` as made by formatPicture. */
  read: z.object({ address: z.string().min(1).max(300) }),
} as const

export interface PicturesReplies {
  read: EncodedPicture
}
