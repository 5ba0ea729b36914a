import { startEngineProcess } from '../support/engine-process'
import { describeContract } from './contract-suite'

describeContract('over a child process, as the window goes in', async (settingsFolder) => {
  const engine = await startEngineProcess(settingsFolder)
  return { ...engine, close: () => engine.child.stop() }
})
