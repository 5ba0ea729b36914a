/** A process that turns links into copies or back and says how far it is, to be killed in the middle of it. */
import { consolidateFiles } from '../../src/main/core/corpus/files/consolidate'
import { createProjects } from '../../src/main/core/project'

const [, , settingsFolder = '', folder = '', to = ''] = process.argv

async function consolidate(): Promise<void> {
  const clock = { now: () => new Date(), elapsedMs: () => performance.now() }
  const projects = createProjects({ settingsFolder, clock, version: '0.0.0', emit: () => undefined })
  const { signal } = new AbortController()
  await projects.api.open({ folder }, { signal })
  const progress = ({ done }: { done: number }): void => {
    process.stdout.write(`${String(done)}\n`)
  }
  await consolidateFiles(to === 'copy' ? 'copy' : 'link', {
    project: projects.access.required(),
    context: { job: 'test', signal, progress },
    clock,
    onNoticed: () => undefined,
  })
  await projects.close()
}

void consolidate()
