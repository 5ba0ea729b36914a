// The bare work that an import cannot do without: every page decoded whole by sharp, as many at once as an import does.
import { availableParallelism } from 'node:os'
import sharp from 'sharp'
import { imagesBelow } from './pages.mjs'

sharp.concurrency(1)
sharp.cache(false)
const pages = imagesBelow(process.argv[2])
const worker = async () => {
  for (let page = pages.pop(); page; page = pages.pop())
    await sharp(page, { failOn: 'warning', autoOrient: true }).raw().toBuffer()
}
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker))
