import { connectToServe, startServeProcess } from '../support/serve-process'
import { describeContract } from './contract-suite'

describeContract('over a WebSocket, as the browser goes in', async (settingsFolder) => {
  const serve = await startServeProcess(settingsFolder)
  const remote = await connectToServe(serve.url)
  return {
    ...remote,
    close: () => {
      remote.close()
      return serve.stop()
    },
  }
})
