/** A real project in a temporary folder, with the parts of the core that jobs and records need. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { EngineEventName, EngineEvents } from '@shared/events'
import { createProjects, type Projects } from '../../src/main/core/project'
import type { Clock, Emit } from '../../src/main/core/ports'

export interface Told {
  readonly name: EngineEventName
  readonly value: EngineEvents[EngineEventName]
}

export interface TestProject {
  readonly projects: Projects
  readonly folder: string
  readonly clock: Clock & { advance(ms: number): void }
  readonly emit: Emit
  /** Everything that was emitted, in order. */
  readonly told: readonly Told[]
  readonly log: readonly string[]
  createAndOpen(): Promise<void>
}

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'scorescope-test-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

/** Time that stands still unless it is moved. */
export function stillClock(): Clock & { advance(ms: number): void } {
  let elapsed = 0
  return {
    now: () => new Date(Date.UTC(2026, 0, 1) + elapsed),
    elapsedMs: () => elapsed,
    advance: (ms) => {
      elapsed += ms
    },
  }
}

/** Bytes that count up: names differ and are the same in every run. */
export function countingBytes(): (count: number) => Uint8Array {
  let next = 0
  return (count) => Uint8Array.from({ length: count }, () => (next += 7) % 256)
}

export function testProject(base = temporaryFolder()): TestProject {
  const clock = stillClock()
  const told: Told[] = []
  const log: string[] = []
  const emit: Emit = (name, value) => {
    told.push({ name, value })
  }
  const settingsFolder = join(base, 'settings')
  mkdirSync(settingsFolder, { recursive: true })
  const projects = createProjects({
    settingsFolder,
    clock,
    emit,
    version: '0.0.0',
    log: (line) => log.push(line),
  })
  const folder = join(base, 'test.scorescope')
  onTestFinished(() => projects.close())
  return {
    projects,
    folder,
    clock,
    emit,
    told,
    log,
    createAndOpen: async () => {
      await projects.api.create({ folder }, { signal: new AbortController().signal })
    },
  }
}
