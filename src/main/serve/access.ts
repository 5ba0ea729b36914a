/** Who may ask: whoever holds the token, from a page of ours, by a name that is this machine's. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'

export interface Access {
  /** Whether the Host header is a name of ours; a foreign name would be DNS rebinding. */
  knowsHost(request: IncomingMessage): boolean
  /** Whether a page of ours asks: browsers send Origin with every WebSocket. */
  isOwnOrigin(request: IncomingMessage): boolean
  holdsCookie(request: IncomingMessage): boolean
  isToken(candidate: string): boolean
  /** The cookie that stands for the token from now on. */
  readonly cookie: string
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '::1'])

export const isLoopback = (host: string): boolean => LOOPBACK.has(host)

/** @param reachable whether other machines may connect: then the machine's addresses and name are its names too */
export function createAccess(token: string, port: number, reachable: boolean): Access {
  // Browsers share cookies between the ports of one host.
  const name = `scorescope-${port}`
  const isToken = (candidate: string): boolean => sameText(candidate, token)
  return {
    knowsHost: (request) => {
      const host = hostOf(request.headers.host)
      if (host === null) return false
      return isLoopback(host) || (reachable && (isIP(host) !== 0 || host === hostname().toLowerCase()))
    },
    isOwnOrigin: (request) => {
      const { origin, host } = request.headers
      return origin !== undefined && host !== undefined && origin === `http://${host}`
    },
    holdsCookie: (request) => {
      const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim())
      const own = cookies.find((cookie) => cookie.startsWith(`${name}=`))
      return own !== undefined && isToken(own.slice(name.length + 1))
    },
    isToken,
    cookie: `${name}=${token}; HttpOnly; SameSite=Strict; Path=/`,
  }
}

/** The name in a Host header, whatever its port: an SSH tunnel may end at another. */
function hostOf(header: string | undefined): string | null {
  const match = /^(?:\[([0-9a-f:]+)\]|([a-z0-9.-]+))(?::[0-9]{1,5})?$/i.exec(header ?? '')
  return (match?.[1] ?? match?.[2])?.toLowerCase() ?? null
}

/** Takes the same time wherever the texts differ. */
function sameText(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}
