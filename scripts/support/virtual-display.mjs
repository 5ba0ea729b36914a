import { spawn } from 'node:child_process'
import { findProgram } from './child.mjs'

/**
 * A display for windows that nobody looks at. Where there is a real one, or no Xvfb, nothing is started.
 * @returns {Promise<{environment: Record<string, string>, stop: () => void}>}
 */
export async function startVirtualDisplay() {
  const nothing = { environment: {}, stop: () => {} }
  if (process.platform !== 'linux' || process.env.DISPLAY || !(await findProgram('Xvfb'))) return nothing
  const args = ['-displayfd', '3', '-screen', '0', '1920x1080x24', '-nolisten', 'tcp']
  const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const number = await new Promise((resolve) => {
    server.stdio[3].setEncoding('utf8').once('data', (text) => resolve(text.trim()))
    server.once('exit', () => resolve(null))
    server.once('error', () => resolve(null))
  })
  if (number === null) return nothing
  return { environment: { DISPLAY: `:${number}` }, stop: () => server.kill() }
}
