/** Mounts the window or one component for a test, and takes it away again. */
import { flushSync, mount, unmount, type Component } from 'svelte'
import { Application } from '../../../src/renderer/src/state/application.svelte'
import App from '../../../src/renderer/src/App.svelte'
import '../../../src/renderer/src/app.css'
import type { FakeEngine } from './fake-engine'
import { MemoryStorage } from './memory-storage'

export interface Rendered {
  readonly target: HTMLElement
  readonly remove: () => Promise<void>
}

/** A component alone, in a box of 1000 × 700 pixels. */
export function render<Props extends Record<string, unknown>>(
  component: Component<Props>,
  props: Props,
): Rendered {
  const target = document.createElement('div')
  target.style.cssText = 'position:relative;width:1000px;height:700px'
  document.body.append(target)
  const mounted = mount(component, { target, props })
  flushSync()
  return {
    target,
    remove: async () => {
      await unmount(mounted)
      target.remove()
    },
  }
}

/** The whole window over a fake engine, as it starts. */
export function renderApplication(
  engine: FakeEngine,
  storage: Storage = new MemoryStorage(),
): Rendered & { readonly application: Application } {
  const application = new Application(engine.connection, storage)
  application.start()
  return { ...render(App, { application }), application }
}
