/** `npm run build`: builds out/ from src/, only what has changed. */
import { ensureBuilt } from './support/build.mjs'
import { runMain } from './support/say.mjs'

await runMain(() => ensureBuilt())
