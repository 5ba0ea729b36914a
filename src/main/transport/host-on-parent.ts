/** The inside of a child process started by launch-child.ts: hosts an interface for the parent and ends with it. */
import { Worker } from 'node:worker_threads'
import { toWire } from '@shared/errors'
import type { Local, MethodTable } from '@shared/remote'
import type { Frame, Port, PortReader } from '@shared/wire'
import { host, type HostedApi, type Methods } from './host'

const CLOSE_SECONDS = 10

export type EmitTo<Events> = <Name extends keyof Events & string>(name: Name, value: Events[Name]) => void

export interface HostOnParentOptions {
  /** Runs when the parent asks this process to end, or is gone; at most 10 s. */
  readonly close?: () => Promise<void>
}

/** Hosts `Api` for the parent process. `create` is called once; what it throws reaches the parent as its failure. */
export function hostOnParentPort<Api, Events>(
  create: (emit: EmitTo<Events>) => Local<Api> | Promise<Local<Api>>,
  methods: MethodTable<Api>,
  options: HostOnParentOptions = {},
): Promise<void> {
  return hostChild<Events>(async (emit) => create(emit), methods as Methods, options)
}

/** The same for an interface that is not written as `Local<Api>`, such as the core's checked one. */
export async function hostChild<Events>(
  create: (emit: EmitTo<Events>) => Promise<HostedApi>,
  methods: Methods,
  options: HostOnParentOptions = {},
): Promise<void> {
  const port = parentPort()
  endWithParent(options.close ?? (() => Promise.resolve()))
  try {
    const api = await create((name, value) => port.send({ type: 'event', name, value }))
    host(port, api, methods)
    port.send({ type: 'ready' })
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    process.exitCode = 1
    // Once it is sent, there is nothing left to do here.
    const failed: Frame = { type: 'failed', error: toWire(error) }
    process.send?.(failed, undefined, undefined, () => process.disconnect())
  }
}

function parentPort(): Port {
  if (process.send === undefined)
    throw new Error(
      'This file is started by Scorescope itself; run "scorescope --help" to see what you can start.',
    )
  const send = process.send.bind(process)
  let reader: PortReader | null = null
  process.on('message', (frame) => reader?.frame(frame as Frame))
  process.on('disconnect', () => reader?.closed(() => new Error('The parent process is gone.')))
  return {
    read: (next) => {
      reader = next
    },
    send: (frame) => {
      if (process.connected) send(frame, undefined, undefined, () => undefined)
    },
  }
}

/** A closed channel is the wish of the parent, or its death. Ctrl-C in a terminal reaches children too: the parent decides. */
function endWithParent(close: () => Promise<void>): void {
  process.on('SIGINT', () => undefined)
  process.on('SIGHUP', () => undefined)
  let ending = false
  const end = (): void => {
    if (ending) return
    ending = true
    setTimeout(() => process.exit(1), CLOSE_SECONDS * 1000).unref()
    close().then(
      () => process.exit(),
      (error: unknown) => {
        process.stderr.write(`Closing failed: ${String(error)}\n`)
        process.exit(1)
      },
    )
  }
  process.once('disconnect', end)
  process.once('SIGTERM', end)
  const watchdog = new Worker(WATCHDOG, {
    eval: true,
    workerData: { parent: process.ppid, graceMs: (CLOSE_SECONDS + 2) * 1000 },
  })
  watchdog.unref()
}

/** A thread of its own: a native call may block the main thread for a minute while the parent is already gone. */
const WATCHDOG = `
const { parent, graceMs } = require('node:worker_threads').workerData
const timer = setInterval(() => {
  if (process.ppid === parent) return
  clearInterval(timer)
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs)
}, 1000)
`
