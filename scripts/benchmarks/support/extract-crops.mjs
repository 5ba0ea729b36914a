// What sampling would be with one sharp extract for each crop. Reads {size, perPage, whiteness, tries, pages} from the file
// named by the first argument; with `crops` in it, just those are cut, else they are drawn as the study draws them.
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import sharp from 'sharp'

sharp.concurrency(1)
sharp.cache(false)
const job = JSON.parse(readFileSync(process.argv[2], 'utf8'))
let draws = 0
let accepted = 0

async function cut(page, left, top) {
  draws += 1
  const region = { left, top, width: job.size, height: job.size }
  const pixels = await sharp(page).extract(region).greyscale().raw().toBuffer()
  let sum = 0
  for (const value of pixels) sum += value
  return sum / pixels.length / 255
}

async function drawPage(page, seed) {
  let state = seed + 1
  const place = (most) => (state = (state * 48271) % 2147483647) % (most + 1)
  const { width, height } = await sharp(page).metadata()
  if (width < job.size || height < job.size) return
  let found = 0
  for (let attempt = 0; attempt < job.tries && found < job.perPage; attempt += 1) {
    if ((await cut(page, place(width - job.size), place(height - job.size))) <= job.whiteness) found += 1
  }
  accepted += found
}

const work = job.crops
  ? job.crops.map(({ page, x, y }) => async () => {
      await cut(page, x, y)
      accepted += 1
    })
  : job.pages.map((page, index) => () => drawPage(page, index))
const worker = async () => {
  for (let next = work.pop(); next; next = work.pop()) await next()
}
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker))
process.stdout.write(JSON.stringify({ draws, accepted }))
