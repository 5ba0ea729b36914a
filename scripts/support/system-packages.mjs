import { existsSync, readFileSync } from 'node:fs'
import { capture, findProgram } from './child.mjs'
import { PlainFailure, progressLine, say } from './say.mjs'

/** True on Debian and its children, where apt can install what is missing. */
function isDebian() {
  if (!existsSync('/etc/os-release')) return false
  const text = readFileSync('/etc/os-release', 'utf8')
  return /^ID(_LIKE)?=.*debian/m.test(text)
}

/** `null` where apt may be used by this process, else the reason why not. */
async function aptRefusal() {
  if (process.env.SCORESCOPE_NO_APT === '1') return 'SCORESCOPE_NO_APT is set'
  if (!isDebian()) return 'this is not Debian'
  if (process.getuid?.() !== 0) return 'this is not the root user'
  return (await findProgram('apt-get')) ? null : 'apt-get is missing'
}

/**
 * Installs Debian packages where this process may (root on Debian), else throws the one command to run.
 * @param {string[]} packages
 * @param {string} why what is missing and for what, without a full stop
 */
export async function installSystemPackages(packages, why) {
  const refusal = await aptRefusal()
  const command = `apt-get install -y ${packages.join(' ')}`
  if (refusal) {
    const how = isDebian()
      ? `run \`sudo ${command}\``
      : `install it with your system's package manager (Debian: ${command})`
    throw new PlainFailure(`${why}: ${how} (not done here: ${refusal}).`)
  }
  say(`${why}: installing ${packages.join(', ')} with apt …`)
  const line = progressLine()
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args) =>
    capture('apt-get', args, { env, onOutput: (text) => line.show(`  ${lastLine(text)}`) })
  let result = await apt('install', '-y', '-q', '--no-install-recommends', ...packages)
  if (result.code !== 0) {
    await apt('update', '-q')
    result = await apt('install', '-y', '-q', '--no-install-recommends', ...packages)
  }
  line.end()
  if (result.code === 0) return
  const reason =
    `${result.stdout}\n${result.stderr}`.split('\n').find((text) => /^E: /.test(text)) ??
    `code ${result.code}`
  throw new PlainFailure(
    `${why}, and apt could not install ${packages.join(', ')}: ${reason.replace(/^E: /, '')}`,
  )
}

const lastLine = (text) => (text.trim().split('\n').at(-1) ?? '').slice(0, 100)
