// Preloaded into a measured process: writes what it used of the processor when it ends, ended children included.
const { readFileSync, writeFileSync } = require('node:fs')

/** Linux tells processor time of children in hundredths of a second: fields 16 and 17 of /proc/self/stat. */
function childrenSeconds() {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return (Number(fields[13]) + Number(fields[14])) / 100
  } catch {
    return 0
  }
}

process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  const seconds = (user + system) / 1e6 + childrenSeconds()
  writeFileSync(process.env.SCORESCOPE_CPU_FILE, JSON.stringify({ seconds }))
})
