/** What serve answers over plain HTTP: the renderer's files and pictures. GET and HEAD only. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RemoteApi } from '@shared/api'
import { AppError } from '@shared/errors'
import { securityHeaders } from '../transport/content-security-policy'
import type { StaticFile } from '../transport/static-files'
import type { Access } from './access'

interface Answer {
  readonly status: number
  readonly body: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

export interface Pages {
  readonly access: Access
  readonly pictures: RemoteApi['pictures']
  readonly files: ReadonlyMap<string, StaticFile>
  readonly onBug: (request: string, error: unknown) => void
}

const YEAR_SECONDS = 31_536_000
const FOREVER = `private, max-age=${YEAR_SECONDS}, immutable`
const NOT_OURS =
  'This address belongs to Scorescope, under another name: open the address that "scorescope serve" printed.\n'
const NO_TOKEN =
  'Open the address that "scorescope serve" printed: it carries the token that is needed here.\n'

/** Answers one HTTP request. */
export async function answerPage(
  pages: Pages,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answer = await choose(pages, request)
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  response.writeHead(answer.status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'cross-origin-resource-policy': 'same-origin',
    ...securityHeaders(null),
    'content-length': body.byteLength,
    ...answer.headers,
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

async function choose(pages: Pages, request: IncomingMessage): Promise<Answer> {
  const { access, files } = pages
  if (!access.knowsHost(request)) return { status: 421, body: NOT_OURS }
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { status: 405, body: 'Only GET is answered here.\n', headers: { allow: 'GET, HEAD' } }
  const url = URL.parse(request.url ?? '/', 'http://localhost')
  if (url === null) return { status: 400, body: 'This is no address.\n' }
  const token = url.searchParams.get('token')
  if (url.pathname === '/' && token !== null) return enter(access, token)
  if (!access.holdsCookie(request)) return { status: 401, body: NO_TOKEN }
  // The cookie does not come along from other sites' pages; this holds where a browser thinks otherwise.
  if (request.headers['sec-fetch-site'] === 'cross-site' && url.pathname !== '/')
    return { status: 403, body: 'Only pages of Scorescope may ask for this.\n' }
  if (url.pathname.startsWith('/page/')) return picture(pages, url.pathname.slice('/page/'.length))
  const file = files.get(url.pathname)
  // Browsers ask for it unasked; the page names its own.
  if (file === undefined && url.pathname === '/favicon.ico') return { status: 204, body: '' }
  if (file === undefined) return { status: 404, body: 'There is nothing here.\n' }
  const cacheControl = file.immutable ? FOREVER : 'no-cache'
  return {
    status: 200,
    body: await file.read(),
    headers: { 'content-type': file.mediaType, 'cache-control': cacheControl },
  }
}

/**
 * Trades the token for a cookie. Not by a redirect: when the address was opened from another site's page, browsers
 * would not send a strict cookie along with it, but they do when this page goes on by itself.
 */
function enter(access: Access, token: string): Answer {
  if (!access.isToken(token)) return { status: 401, body: NO_TOKEN }
  const body = '<!doctype html><title>Scorescope</title><meta http-equiv="refresh" content="0; url=/">'
  return {
    status: 200,
    body,
    headers: { 'content-type': 'text/html; charset=utf-8', 'set-cookie': access.cookie },
  }
}

async function picture(pages: Pages, address: string): Promise<Answer> {
  try {
    const { mediaType, bytes, immutable } = await pages.pictures.read({ address })
    const cacheControl = immutable ? FOREVER : 'no-store'
    return { status: 200, body: bytes, headers: { 'content-type': mediaType, 'cache-control': cacheControl } }
  } catch (error) {
    if (error instanceof AppError) return { status: 404, body: `${error.message}\n` }
    pages.onBug('pictures.read', error)
    return { status: 500, body: 'This picture could not be made; the reason is in the log.\n' }
  }
}
