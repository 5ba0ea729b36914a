import { entries } from '../support/engine-process'
import { assembleCore } from '../../src/main/assemble'
import { describeContract } from './contract-suite'

describeContract('in this process, as the command line goes in', (settingsFolder) => {
  const { core } = assembleCore({ entryFolder: entries, settingsFolder })
  return Promise.resolve({
    api: core.api,
    on: (name, listener) => core.on(name, listener),
    call: null,
    close: () => core.close(),
  })
})
