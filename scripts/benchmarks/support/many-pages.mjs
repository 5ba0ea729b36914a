/** A tree of very many page files: the pages of a corpus under other names, and small drawn ones in many scripts. */
import { linkSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import sharp from 'sharp'
import { gatherPages } from './pages.mjs'

/** Where the one copy of each corpus page is; an import passes over it. */
export const ORIGINALS = '.originals'

/** Each corpus page comes again in seven times as many composers, each with seven times as many pieces, and so on. */
const COPIES_OF_PIECES = 7
const DRAWN_SHARE = 0.05
const DRAWN_PER_PIECE = 20

const PUBLISHERS = ['Peters', 'Breitkopf & Härtel', 'Ricordi', 'Édition Durand', 'Юргенсон', '音楽之友社']
const EDITIONS = ['Urtext', 'first edition', 'collected works', 'arrangement']

/** Right to left, without spaces, with marks that combine, long: names as they are met. */
const PLACES = [
  ['موسيقى عربية', 'محمد عبد الوهاب', 'النهر الخالد'],
  ['מוזיקה ישראלית', 'פאול בן־חיים', 'חמישה קטעים לפסנתר'],
  ['日本の音楽', '瀧廉太郎', '荒城の月'],
  ['中国音乐', '冼星海', '黄河大合唱'],
  ['한국 음악', '윤이상', '가락'],
  ['Русская музыка', 'Модест Мусоргский', 'Картинки с выставки'],
  ['Ελληνική μουσική', 'Νίκος Σκαλκώτας', '36 Ελληνικοί χοροί'],
  ['Hudba česká', 'Antonín Dvořák', 'Slovanské tance, řada první'],
  [
    'Miscellanea 🎼',
    'Anonymous, attributed in the eighteenth century to several members of one family of organists',
    'A collection of voluntaries, fugues and pieces for the organ or harpsichord, with a preface to the reader',
  ],
]

/**
 * Makes the tree below `folder`, hard links to one copy of each corpus page in `folder`, with a corpus.csv that gives
 * every page a title, a year, a publisher and an edition.
 * @returns {Promise<{source: string, linked: number, originals: number}>}
 */
export async function makeManyPages(folder, args, count) {
  const originals = join(folder, ORIGINALS)
  const { source, pages } = await gatherPages(originals, args)
  const drawn = Math.floor(count * DRAWN_SHARE)
  const files = []
  for (let at = 0; at < count - drawn; at += 1) {
    const [page, copy] = [pages[at % pages.length], Math.floor(at / pages.length)]
    files.push(linkPage(folder, { page, name: relative(originals, page), copy }))
  }
  for (let at = 0; at < drawn; at += 1) files.push(await drawPage(folder, at))
  writeFileSync(join(folder, 'corpus.csv'), listOf(files))
  return { source, linked: count - drawn, originals: pages.length }
}

function linkPage(folder, { page, name, copy }) {
  const [style, composer, piece, ...rest] = name.split('/')
  const [ofComposer, ofPiece] = [Math.floor(copy / COPIES_OF_PIECES), copy % COPIES_OF_PIECES]
  const numbered = (text, number) => (number === 0 ? text : `${text} (${number + 1})`)
  const file = [style, numbered(composer, ofComposer), numbered(piece, ofPiece), ...rest].join('/')
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  linkSync(page, join(folder, file))
  return file
}

/** Staves of a few pixels, no two alike. */
async function drawPage(folder, at) {
  const [width, height] = [210, 297]
  const pixels = Buffer.alloc(width * height, 250)
  for (let top = 20; top < height - 30; top += 36)
    for (let line = 0; line < 5; line += 1)
      pixels.fill(30, (top + 4 * line) * width + 12, (top + 4 * line + 1) * width - 12)
  for (let bit = 0; bit < 20; bit += 1)
    if ((at >> bit) & 1)
      pixels.fill(0, (280 + (bit % 4)) * width + 8 * bit, (280 + (bit % 4)) * width + 8 * bit + 6)
  const [style, composer, piece] = PLACES[at % PLACES.length]
  const [number, pieceNumber] = [
    Math.floor(at / PLACES.length),
    Math.floor(at / PLACES.length / DRAWN_PER_PIECE),
  ]
  const file = [style, composer, `${piece} ${pieceNumber + 1}`, `${piece.slice(0, 20)} ${number}.png`].join(
    '/',
  )
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  await sharp(pixels, { raw: { width, height, channels: 1 } })
    .png()
    .toFile(join(folder, file))
  return file
}

function listOf(files) {
  const cell = (text) => `"${text.replaceAll('"', '""')}"`
  const rows = files.map((file, at) =>
    [
      file,
      basename(dirname(file)),
      String(1600 + ((at * 7) % 400)),
      PUBLISHERS[at % PUBLISHERS.length],
      at % 3 === 0 ? EDITIONS[at % EDITIONS.length] : '',
    ].map(cell),
  )
  return `${[['file', 'title', 'year', 'publisher', 'edition'], ...rows].map((row) => row.join(',')).join('\n')}\n`
}
