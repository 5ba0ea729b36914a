// Preloaded into a measured process: writes what it used of the processor when it ends.
const { writeFileSync } = require('node:fs')

process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  writeFileSync(process.env.SCORESCOPE_CPU_FILE, JSON.stringify({ seconds: (user + system) / 1e6 }))
})
