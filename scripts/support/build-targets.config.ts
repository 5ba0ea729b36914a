import config from '../../electron.vite.config'

/** electron.vite.config.ts, reduced to the targets that are out of date. */
const targets = (process.env['SCORESCOPE_BUILD_TARGETS'] ?? 'main,preload,renderer').split(',')

export default Object.fromEntries(Object.entries(config).filter(([name]) => targets.includes(name)))
