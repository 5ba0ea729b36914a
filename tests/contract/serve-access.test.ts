import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { RemoteApi } from '@shared/api'
import { createApi } from '@shared/caller'
import { AppError } from '@shared/errors'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { startServe, type ServedCore, type Serving } from '../../src/main/serve/index'
import { failureOf } from '../support/failure'
import { ensureBuilt, root } from '../support/engine-process'
import { cookieOf, connectToServe } from '../support/serve-process'

/** Answers one picture and nothing else: what is tested here lies before the core. */
const core: ServedCore = {
  api: createApi<RemoteApi>({ pictures: ['read'], system: ['ping'] }, (noun, _verb, request) => {
    if (noun === 'system') return Promise.resolve(request)
    const { address } = request as { address: string }
    if (address !== 'thumbnail/1')
      return Promise.reject(AppError.of('picture/unknown', { address: address.slice(0, 50) }))
    return Promise.resolve({
      mediaType: 'image/png',
      bytes: new TextEncoder().encode('a picture'),
      immutable: true,
    })
  }),
  on: () => () => undefined,
}
const rendererFolder = join(root, 'out', 'renderer')

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

let serving: Serving
let cookie = ''

beforeAll(async () => {
  await ensureBuilt(['renderer'])
  serving = await startServe({ core, rendererFolder })
  cookie = await cookieOf(serving.url)
})
afterAll(() => serving.close())

/** Without fetch, which sets Host and normalises paths. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port: serving.port, path, method, headers, agent: false },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () => {
          const { statusCode = 0, headers: received } = response
          resolve({ status: statusCode, headers: received, body: Buffer.concat(parts).toString('latin1') })
        })
      },
    )
    request.on('error', reject)
    request.end()
  })
}

function openSocket(headers: Record<string, string>, path = '/ws'): Promise<number | 'opened'> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${serving.port}${path}`, { headers })
    socket.once('open', () => {
      socket.terminate()
      resolve('opened')
    })
    socket.once('unexpected-response', (_, response) => resolve(response.statusCode ?? 0))
    socket.on('error', () => undefined)
  })
}

describe('serve lets in', () => {
  it('whoever holds the token, and gives a cookie that scripts and other sites cannot use', async () => {
    const path = new URL(serving.url)
    const answer = await ask(`${path.pathname}${path.search}`)
    expect(answer.status).toBe(200)
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      /^scorescope-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/,
    )
    const page = await ask('/', { cookie })
    expect(page.status).toBe(200)
    expect(page.body).toContain('<div id="app">')
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(page.headers['x-content-type-options']).toBe('nosniff')
  })

  it('requests by every name of this machine, at any port: a tunnel may end elsewhere', async () => {
    for (const host of ['127.0.0.1', 'localhost:9000', '[::1]:8080', 'LOCALHOST'])
      expect((await ask('/', { cookie, host })).status).toBe(200)
  })

  it('a page of its own to the contract', async () => {
    const origin = `http://127.0.0.1:${serving.port}`
    expect(await openSocket({ cookie, origin })).toBe('opened')
    const remote = await connectToServe(serving.url)
    expect(await remote.api.system.ping({ echo: 'hello' })).toEqual({ echo: 'hello' })
    remote.close()
    expect(await failureOf(remote.api.system.ping({ echo: 1 }))).toMatchObject({ code: 'connection/closed' })
  })
})

describe('serve refuses', () => {
  it('who has no token or a wrong one', async () => {
    for (const path of ['/', '/index.html', '/page/thumbnail/1', '/?token=', '/?token=wrong'])
      expect((await ask(path)).status).toBe(401)
    expect((await ask('/', { cookie: 'scorescope-1=x' })).status).toBe(401)
    expect((await ask('/', { cookie: `scorescope-${serving.port}=wrong` })).status).toBe(401)
  })

  it('foreign names, which would be DNS rebinding, whatever they hold', async () => {
    for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80', 'a b'])
      expect((await ask('/', { cookie, host })).status).toBeGreaterThanOrEqual(400)
    expect(await openSocket({ cookie, host: 'evil.example', origin: 'http://evil.example' })).toBe(421)
  })

  it('sockets from other origins, without origin, without cookie, or at other paths', async () => {
    const origin = `http://127.0.0.1:${serving.port}`
    expect(await openSocket({ cookie, origin: 'http://evil.example' })).toBe(403)
    expect(await openSocket({ cookie, origin: 'null' })).toBe(403)
    expect(await openSocket({ cookie })).toBe(403)
    expect(await openSocket({ origin })).toBe(401)
    expect(await openSocket({ cookie, origin }, '/other')).toBe(404)
  })

  it('pictures to other sites, though the cookie came along', async () => {
    expect((await ask('/page/thumbnail/1', { cookie })).status).toBe(200)
    expect((await ask('/page/thumbnail/1', { cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  })

  it('other methods than GET and HEAD', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect((await ask('/', { cookie }, method)).status).toBe(405)
    const head = await ask('/', { cookie }, 'HEAD')
    expect([head.status, head.body]).toEqual([200, ''])
  })

  it('addresses that other machines could reach, unless that is meant', async () => {
    const failure = await failureOf(startServe({ core, rendererFolder, host: '0.0.0.0' }))
    expect(failure).toMatchObject({ code: 'serve/not-loopback' })
    const open = await startServe({ core, rendererFolder, host: '0.0.0.0', allowRemote: true })
    expect(open.url).toMatch(/^http:\/\/127\.0\.0\.1:/)
    await open.close()
  })

  it('to start without files or at a port that is taken', async () => {
    expect(await failureOf(startServe({ core, rendererFolder: '/nowhere' }))).toMatchObject({
      code: 'serve/no-renderer',
    })
    expect(await failureOf(startServe({ core, rendererFolder, port: serving.port }))).toMatchObject({
      code: 'serve/port-taken',
    })
  })

  it('frames that are none, by closing that socket', async () => {
    const origin = `http://127.0.0.1:${serving.port}`
    for (const data of [Buffer.from('not MessagePack'), Buffer.from([0xc1]), 'text', Buffer.alloc(0)]) {
      const socket = new WebSocket(`ws://127.0.0.1:${serving.port}/ws`, { headers: { cookie, origin } })
      const code = await new Promise((resolve) => {
        socket.once('open', () => socket.send(data))
        socket.once('close', resolve)
      })
      expect(code).toBe(1003)
    }
  })

  it('any path that is no file of the window, however it is written', async () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '%2e%2e',
      '%2F',
      '\\',
      'page',
      'assets',
      'package.json',
      'etc',
      'passwd',
      'thumbnail',
      '1',
      '',
    )
    const path = fc
      .array(fc.oneof(piece, fc.webPath()), { maxLength: 6 })
      .map((parts) => `/${parts.join('/')}`)
    await fc.assert(
      fc.asyncProperty(path, async (address) => {
        const answer = await ask(address.replaceAll(/[^\x21-\x7e]/g, ''), { cookie })
        const known = answer.status === 200
        expect([200, 400, 404]).toContain(answer.status)
        if (known) expect(answer.body).toMatch(/id="app"|^a picture$/)
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  it('requests that are no HTTP, and goes on', async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(serving.port, '127.0.0.1', () => socket.write('GARBAGE\r\n\r\n'))
      socket.on('error', () => undefined)
      socket.on('close', () => resolve())
      socket.resume()
    })
    expect((await ask('/', { cookie })).status).toBe(200)
  })
})
