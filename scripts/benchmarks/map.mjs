import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { chromium } from 'playwright-core'
import { build, preview } from 'vite'
import { root } from '../support/paths.mjs'

export const name = 'map'
export const description = 'panning a map of 100,000 points in Chromium without a graphics card'

const SETTINGS = { points: 100_000, seconds: 4, width: 1200, height: 800 }

/** A page with nothing but a map of seeded points, and a hand that drags it once a frame. */
const page = (component) => `
import { mount } from 'svelte'
import PointMap from ${JSON.stringify(component)}
let state = 1
const random = () => (state = (state * 1664525 + 1013904223) >>> 0) / 4294967296
const points = ${SETTINGS.points}
const coordinates = new Float32Array(points * 2)
const colours = new Uint32Array(points)
for (let point = 0; point < points; point += 1) {
  const cloud = point % 21
  coordinates[point * 2] = Math.cos(cloud) * 9 + random() + random() + random()
  coordinates[point * 2 + 1] = Math.sin(cloud * 1.7) * 6 + random() + random() + random()
  colours[point] = (0xff000000 | (cloud * 700_001)) >>> 0
}
mount(PointMap, { target: document.getElementById('map'), props: { label: 'Points', coordinates, colours } })
window.drag = (milliseconds) =>
  new Promise((resolve) => {
    const canvas = document.querySelector('canvas')
    canvas.setPointerCapture = () => undefined
    const say = (kind, x, y) =>
      canvas.dispatchEvent(new PointerEvent(kind, { clientX: x, clientY: y, pointerId: 1, bubbles: true }))
    const frames = []
    let [last, began, step] = [performance.now(), performance.now(), 0]
    say('pointerdown', 600, 400)
    const frame = () => {
      const now = performance.now()
      frames.push(now - last)
      last = now
      step += 1
      say('pointermove', 600 + 150 * Math.sin(step / 9), 400 + 100 * Math.cos(step / 7))
      if (now - began < milliseconds) requestAnimationFrame(frame)
      else resolve(frames.slice(1))
    }
    requestAnimationFrame(frame)
  })
`

async function openMap(folder) {
  const component = join(root, 'src/renderer/src/components/point-map/PointMap.svelte')
  const style = `position:absolute;inset:0;width:${SETTINGS.width}px;height:${SETTINGS.height}px`
  writeFileSync(
    join(folder, 'index.html'),
    `<div id="map" style="${style}"></div><script type="module" src="./page.js"></script>
     <style>#map div{position:relative;width:100%;height:100%;overflow:hidden}canvas{position:absolute;inset:0}</style>`,
  )
  writeFileSync(join(folder, 'page.js'), page(component))
  const options = {
    root: folder,
    configFile: false,
    logLevel: 'silent',
    plugins: [svelte({ configFile: false })],
    build: { outDir: join(folder, 'out') },
    preview: { port: 0, host: '127.0.0.1' },
  }
  await build(options)
  return preview(options)
}

export async function run({ log }) {
  // Below the checkout, where its packages are found.
  const cache = join(root, '.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'bench-map-'))
  let server
  let browser
  try {
    log('Building a page with the map …')
    server = await openMap(folder)
    browser = await chromium.launch({
      executablePath: process.env.SCORESCOPE_CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    })
    const tab = await browser.newPage({ viewport: { width: SETTINGS.width, height: SETTINGS.height } })
    await tab.goto(server.resolvedUrls.local[0])
    await tab.waitForFunction("(document.querySelector('canvas')?.width ?? 0) > 1000")
    log('Dragging …')
    const frames = await tab.evaluate(`window.drag(${SETTINGS.seconds * 1000})`)
    const sorted = frames.toSorted((a, b) => a - b)
    const at = (share) => sorted[Math.floor((sorted.length - 1) * share)]
    return {
      settings: SETTINGS,
      figures: {
        frames: sorted.length,
        framesPerSecond: sorted.length / SETTINGS.seconds,
        medianFrameMs: at(0.5),
        frameMs95: at(0.95),
        longestFrameMs: at(1),
      },
      ratios: {},
    }
  } finally {
    await browser?.close()
    await server?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
