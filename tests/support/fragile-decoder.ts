/** The decoding process, made to fail on files that are named for it: what damaged files do to it once in a while. */
import { basename } from 'node:path'
import { DECODE_METHODS, type DecodeApi } from '../../src/shared/decode-api'
import type { Local } from '../../src/shared/remote'
import { createDecoding } from '../../src/main/decoding'
import { hostOnParentPort } from '../../src/main/transport/host-on-parent'

const FAILURES: Readonly<Record<string, () => unknown>> = {
  abort: () => process.abort(),
  crash: () => process.kill(process.pid, 'SIGSEGV'),
  memory: () => process.kill(process.pid, 'SIGKILL'),
  exit: () => process.exit(0),
  hang: () => new Promise(() => undefined),
}

function fragile(): Local<DecodeApi> {
  const { pictures } = createDecoding()
  return {
    pictures: {
      ...pictures,
      examine: async (source, context) => {
        await FAILURES[basename(source.path).replace(/\..*$/, '')]?.()
        return await pictures.examine(source, context)
      },
    },
  }
}

void hostOnParentPort<DecodeApi, Record<string, never>>(() => fragile(), DECODE_METHODS)
