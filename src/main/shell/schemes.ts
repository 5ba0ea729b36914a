/** The window's two schemes: app://scorescope/ is the renderer, page://picture/ADDRESS a picture made by the engine. */
import { app, protocol, type Session } from 'electron'
import type { EncodedPicture } from '@shared/api'
import { AppError } from '@shared/errors'
import { securityHeaders } from '../transport/content-security-policy'
import { listStaticFiles, type StaticFile } from '../transport/static-files'

const PICTURES = 'page://picture/'

/** With `npm run dev`, and never in an installed app, the page comes from the build's own server. */
export const DEVELOPMENT_SERVER = app.isPackaged ? null : developmentServer()

/** The origin of the one page. */
export const PAGE_ORIGIN = DEVELOPMENT_SERVER ?? 'app://scorescope'
export const START_PAGE = `${PAGE_ORIGIN}/index.html`

function developmentServer(): string | null {
  const address = process.env['ELECTRON_RENDERER_URL']
  return address === undefined ? null : new URL(address).origin
}

/** Before Electron is ready, once. */
export function declareSchemes(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true }
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges },
    // corsEnabled: the page may read the pixels of its pictures, to copy and export them.
    { scheme: 'page', privileges: { ...privileges, corsEnabled: true, stream: true } },
  ])
}

/** Whether an address is one of ours; everything else is refused. */
export function isOwnAddress(url: string): boolean {
  if (DEVELOPMENT_SERVER !== null && url.startsWith(DEVELOPMENT_SERVER.replace('http', 'ws'))) return true
  return url.startsWith(`${PAGE_ORIGIN}/`) || url.startsWith(PICTURES) || /^(blob|data):/.test(url)
}

export interface SchemeHandlers {
  readonly rendererFolder: string
  readonly readPicture: (address: string) => Promise<EncodedPicture>
  readonly log: (line: string) => void
}

export function handleSchemes(session: Session, handlers: SchemeHandlers): void {
  const files = listStaticFiles(handlers.rendererFolder)
  session.protocol.handle('app', (request) => answerFile(files, request))
  session.protocol.handle('page', (request) => answerPicture(handlers, request))
}

async function answerFile(files: ReadonlyMap<string, StaticFile>, request: Request): Promise<Response> {
  const url = new URL(request.url)
  const file = url.host === 'scorescope' && request.method === 'GET' ? files.get(url.pathname) : undefined
  if (file === undefined) return refusal(404, 'There is nothing here.')
  return new Response(bodyOf(await file.read()), {
    headers: { ...securityHeaders('page:'), 'content-type': file.mediaType, 'cache-control': 'no-cache' },
  })
}

async function answerPicture(handlers: SchemeHandlers, request: Request): Promise<Response> {
  const { host, pathname } = new URL(request.url)
  if (host !== 'picture' || request.method !== 'GET') return refusal(404, 'There is nothing here.')
  try {
    const { mediaType, bytes, immutable } = await handlers.readPicture(pathname.slice(1))
    return new Response(bodyOf(bytes), {
      headers: {
        ...securityHeaders('page:'),
        'access-control-allow-origin': PAGE_ORIGIN,
        'content-type': mediaType,
        'cache-control': immutable ? 'private, max-age=31536000, immutable' : 'no-store',
      },
    })
  } catch (error) {
    if (error instanceof AppError) return refusal(404, error.message)
    handlers.log(`${request.url} failed unexpectedly: ${String(error)}`)
    return refusal(500, 'This picture could not be made; the reason is in the log.')
  }
}

function refusal(status: number, sentence: string): Response {
  return new Response(`${sentence}\n`, {
    status,
    headers: { ...securityHeaders('page:'), 'content-type': 'text/plain; charset=utf-8' },
  })
}

/** Bytes from files and engines never lie in shared memory, which a body could not be. */
const bodyOf = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => bytes as Uint8Array<ArrayBuffer>
