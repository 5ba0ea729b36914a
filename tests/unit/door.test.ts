import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { STUDY_RULES } from '@shared/domain/sampling-rules'
import type { LocalApi } from '@shared/api'
import { METHODS } from '@shared/api'
import { AppError, Cancelled } from '@shared/errors'
import { createDoor } from '../../src/main/core/door'
import { askInProcess } from '../../src/main/core/in-process'

/** An implementation whose every method answers with what it was asked. */
function echoingApi(): LocalApi {
  const nouns = Object.entries(METHODS).map(([noun, verbs]) => [
    noun,
    Object.fromEntries(
      (verbs as readonly string[]).map((verb) => [verb, (request: unknown) => ({ request })]),
    ),
  ])
  return Object.fromEntries(nouns) as LocalApi
}

const door = createDoor(echoingApi())
const refusal = (noun: string, verb: string, request: unknown): Promise<string> =>
  door(noun, verb, request).then(
    () => 'accepted',
    (error: unknown) => (error instanceof AppError ? error.message : String(error)),
  )

describe('the door', () => {
  it('lets a good request through with its defaults filled in', async () => {
    expect(await door('sampling', 'draw', { seed: 7 })).toEqual({
      request: { seed: 7, ...STUDY_RULES },
    })
    expect(await door('project', 'close', undefined)).toEqual({ request: undefined })
    expect(await door('project', 'close', {})).toEqual({ request: undefined })
  })

  it.each([
    [
      'sampling',
      'draw',
      { seed: 1, perPage: 0 },
      'sampling.draw: Expected an integer between 1 and 100 for samples per page, received 0',
    ],
    [
      'sampling',
      'draw',
      { seed: 1, perPage: 2.5 },
      'sampling.draw: Expected an integer between 1 and 100 for samples per page, received 2.5',
    ],
    [
      'sampling',
      'draw',
      {},
      'sampling.draw: Expected an integer between 0 and 4294967295 for seed, received nothing',
    ],
    [
      'sampling',
      'draw',
      { seed: 1, whiteness: 0 },
      'sampling.draw: Expected a number above 0 and of at most 1 for the whiteness limit, received 0',
    ],
    [
      'sampling',
      'draw',
      'seed 1',
      'sampling.draw: Expected an object with the request\'s fields, received "seed 1"',
    ],
    [
      'training',
      'start',
      { seed: 1, preset: 'slow' },
      'training.start: Expected one of study, quick for preset, received "slow"',
    ],
    [
      'training',
      'start',
      { seed: 1, validation: 1 },
      'training.start: Expected a number above 0 and below 1 for the share held out for validation, received 1',
    ],
    [
      'training',
      'run',
      { run: '../x' },
      'training.run: Expected a text of letters, digits, "-" and "_" for run, received "../x"',
    ],
    ['corpus', 'page', { page: 0 }, 'corpus.page: Expected an integer above 0 for page, received 0'],
    [
      'project',
      'open',
      { folder: '' },
      'project.open: Expected a text of 1 to 4096 characters for folder, received ""',
    ],
    ['project', 'close', { now: true }, 'project.close: Expected no field called "now"'],
    [
      'exploration',
      'reconstruct',
      {
        run: 'a',
        index: 0,
        channels: [
          { channel: 1, scale: 1 },
          { channel: 2, scale: 99 },
        ],
      },
      'exploration.reconstruct: Expected a number between -10 and 10 for scale of channels 1, received 99',
    ],
  ])('refuses %s.%s %j in one sentence', async (noun, verb, request, sentence) => {
    expect(await refusal(noun, verb, request)).toBe(sentence)
  })

  it.each([
    ['projects', 'open'],
    ['project', 'destroy'],
    ['project', 'constructor'],
    ['__proto__', 'toString'],
    ['toString', 'call'],
  ])('knows no request called %s.%s', async (noun, verb) => {
    await expect(door(noun, verb, undefined)).rejects.toMatchObject({ code: 'request/unknown' })
  })

  it('answers whatever nonsense it is asked with a refusal or an answer, never a bug', async () => {
    const names = fc.constantFrom(...Object.keys(METHODS), 'valueOf', 'x')
    await fc.assert(
      fc.asyncProperty(names, fc.string(), fc.anything(), async (noun, anyVerb, request) => {
        const verbs = (METHODS as Record<string, readonly string[]>)[noun] ?? []
        const verb = verbs[anyVerb.length % (verbs.length + 1)] ?? anyVerb
        const outcome = await door(noun, verb, request).catch((error: unknown) => error)
        if (outcome instanceof Error) {
          expect(outcome).toBeInstanceOf(AppError)
          expect(outcome.message.length).toBeLessThan(400)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('does not begin what was cancelled before it came, and passes later cancellations on as such', async () => {
    await expect(door('project', 'current', undefined, AbortSignal.abort())).rejects.toThrow(Cancelled)
    const notAsked = (): never => {
      throw new Error('not asked')
    }
    const waiting = createDoor({
      ...echoingApi(),
      system: {
        ping: (_, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              reject(new DOMException('gone', 'AbortError'))
            })
          }),
        doctor: notAsked,
        tune: notAsked,
        tuning: notAsked,
      },
    })
    const controller = new AbortController()
    const asked = waiting('system', 'ping', { echo: 1 }, controller.signal)
    controller.abort()
    await expect(asked).rejects.toThrow(Cancelled)
  })

  it('keeps deadlines in the same process as over any border', async () => {
    let told = false
    const ask = askInProcess((_noun, _verb, _request, signal) => {
      signal?.addEventListener('abort', () => {
        told = true
      })
      return new Promise(() => undefined)
    })
    await expect(ask('system', 'ping', { echo: 1 }, { deadlineMs: 5 })).rejects.toMatchObject({
      code: 'request/deadline',
    })
    expect(told).toBe(true)
  })
})
