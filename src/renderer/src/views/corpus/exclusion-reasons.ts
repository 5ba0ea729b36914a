/** Why pages and regions are left out of sampling: offered, not required. */
export const EXCLUSION_REASONS = [
  'title page',
  'advert',
  'blank page',
  'not music',
  'duplicate',
  'bad scan',
] as const

export const REGION_NOTES = [
  'title',
  'text',
  'advert',
  'stamp',
  'handwriting',
  'page edge',
  'damage',
] as const
