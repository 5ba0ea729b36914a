import { describe, expect, it } from 'vitest'
import { NavigationState } from '../../../src/renderer/src/state/navigation.svelte'
import { MemoryStorage } from '../support/memory-storage'

describe('navigation', () => {
  it('goes to a screen with what is to be selected there', () => {
    const navigation = new NavigationState(new MemoryStorage())
    navigation.go('filters', { run: 'r1', layer: 'encoder-1-1', channel: 3 })
    expect(navigation.screen).toBe('filters')
    expect(navigation.on('filters')).toEqual({ run: 'r1', layer: 'encoder-1-1', channel: 3 })
  })

  it('finds a screen as it was left', () => {
    const navigation = new NavigationState(new MemoryStorage())
    navigation.go('corpus', { composer: 4 })
    navigation.go('samples')
    navigation.go('corpus')
    expect(navigation.on('corpus')).toEqual({ composer: 4 })
  })

  it('goes back and forward', () => {
    const navigation = new NavigationState(new MemoryStorage())
    navigation.go('corpus')
    navigation.go('corpus', { page: 9 })
    navigation.back()
    expect(navigation.on('corpus')).toEqual({})
    navigation.forward()
    expect(navigation.on('corpus')).toEqual({ page: 9 })
    expect(navigation.canGoForward).toBe(false)
  })

  it('takes no step in the history for a refinement', () => {
    const navigation = new NavigationState(new MemoryStorage())
    navigation.go('corpus')
    navigation.refine('corpus', { query: 'bach' })
    navigation.back()
    expect(navigation.screen).toBe('start')
  })

  it('is restored at the next start', () => {
    const storage = new MemoryStorage()
    new NavigationState(storage).go('training', { run: 'r7' })
    const restored = new NavigationState(storage)
    expect([restored.screen, restored.on('training')]).toEqual(['training', { run: 'r7' }])
  })

  it.each(['{', '7', '{"screen":"cellar","places":{}}', '{"screen":"corpus","places":null}'])(
    'starts afresh from a damaged note: %s',
    (note) => {
      const storage = new MemoryStorage()
      storage.setItem('scorescope.place', note)
      expect(new NavigationState(storage).screen).toBe('start')
    },
  )

  it('forgets what was selected when another project is opened', () => {
    const navigation = new NavigationState(new MemoryStorage())
    navigation.go('corpus', { page: 9 })
    navigation.forget()
    expect(navigation.on('corpus')).toEqual({})
    expect(navigation.canGoBack).toBe(false)
  })
})
