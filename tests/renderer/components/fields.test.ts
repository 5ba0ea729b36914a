import { flushSync } from 'svelte'
import { afterEach, describe, expect, it } from 'vitest'
import { userEvent } from 'vitest/browser'
import GreyCanvas from '../../../src/renderer/src/components/GreyCanvas.svelte'
import NumberField from '../../../src/renderer/src/components/NumberField.svelte'
import { reactive } from '../support/reactive.svelte'
import { render, type Rendered } from '../support/rendering'

let rendered: Rendered | null = null
afterEach(async () => {
  await rendered?.remove()
  rendered = null
})

const input = (): HTMLInputElement => {
  const found = rendered?.target.querySelector('input')
  if (found === null || found === undefined) throw new Error('There is no field.')
  return found
}

function renderNumber(change: { whole?: boolean; max?: number } = {}): {
  values: number[]
  valid: boolean[]
} {
  const values: number[] = []
  const valid: boolean[] = []
  const props = reactive({
    label: 'Crops per page',
    value: 5,
    min: 1,
    max: 100,
    onChange: (value: number) => {
      values.push(value)
      props.value = value
    },
    onValid: (fits: boolean) => valid.push(fits),
    ...change,
  })
  rendered = render(NumberField, props)
  return { values, valid }
}

describe('a number field', () => {
  it('has a name and a value', () => {
    renderNumber()
    expect(input().value).toBe('5')
    expect(rendered?.target.querySelector('label')?.htmlFor).toBe(input().id)
  })

  it('tells numbers within the limits', async () => {
    const { values, valid } = renderNumber()
    await userEvent.fill(input(), '12')
    expect([values.at(-1), valid.at(-1)]).toEqual([12, true])
  })

  it.each(['0', '101', '2.5', ''])('refuses %j in a sentence and keeps what is typed', async (typed) => {
    const { values, valid } = renderNumber()
    await userEvent.fill(input(), typed)
    expect(values).toEqual([])
    expect(valid.at(-1)).toBe(false)
    expect(input().value).toBe(typed)
    expect(input().getAttribute('aria-invalid')).toBe('true')
    const note = document.getElementById(input().getAttribute('aria-describedby') ?? '')
    expect(note?.textContent).toBe('Expected a whole number between 1 and 100.')
  })

  it('takes fractions where they are meant', async () => {
    const { values } = renderNumber({ whole: false, max: 1 })
    await userEvent.fill(input(), '0.9')
    expect(values).toEqual([])
    await userEvent.fill(input(), '1')
    expect(values).toEqual([1])
  })
})

describe('a grey canvas', () => {
  it('draws bytes as grey, and again when they change', () => {
    const props = reactive({ pixels: Uint8Array.of(0, 128, 255, 64), width: 2, height: 2, label: 'Kernel' })
    rendered = render(GreyCanvas, props)
    const canvas = rendered.target.querySelector('canvas')
    const read = (x: number, y: number): number[] => [
      ...(canvas?.getContext('2d')?.getImageData(x, y, 1, 1).data ?? []),
    ]
    expect([read(0, 0), read(1, 0), read(0, 1)]).toEqual([
      [0, 0, 0, 255],
      [128, 128, 128, 255],
      [255, 255, 255, 255],
    ])
    props.pixels = Uint8Array.of(9, 9, 9, 9)
    flushSync()
    expect(read(1, 1)).toEqual([9, 9, 9, 255])
  })

  it('draws in colours where a scale is given', () => {
    rendered = render(GreyCanvas, {
      pixels: Uint8Array.of(255),
      width: 1,
      height: 1,
      label: 'Error',
      colour: (value: number) => [value, 0, 7] as const,
    })
    const canvas = rendered.target.querySelector('canvas')
    expect([...(canvas?.getContext('2d')?.getImageData(0, 0, 1, 1).data ?? [])]).toEqual([255, 0, 7, 255])
  })
})
