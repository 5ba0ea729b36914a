/** The engine process, as the window starts it: `engine.cjs SETTINGS_FOLDER`. */
import { METHODS } from '@shared/api'
import { ENGINE_EVENTS, type EngineEvents } from '@shared/events'
import { assembleCore } from './assemble'
import { hostChild } from './transport/host-on-parent'

const [settingsFolder] = process.argv.slice(2)
let close: () => Promise<void> = () => Promise.resolve()

void hostChild<EngineEvents>(
  (emit) => {
    const { core } = assembleCore({
      entryFolder: __dirname,
      watchFiles: true,
      ...(settingsFolder === undefined ? {} : { settingsFolder }),
    })
    close = () => core.close()
    for (const name of ENGINE_EVENTS) core.on(name, (value) => emit(name, value))
    return Promise.resolve(core.api)
  },
  METHODS,
  { close: () => close() },
)
