/** Reads numbers from the command line; whether they are in range is for the core's door to say. */
import { InvalidArgumentError } from 'commander'

export function wholeNumber(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new InvalidArgumentError(`Expected a whole number, received "${text}".`)
  return Number(text)
}

export function decimalNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value))
    throw new InvalidArgumentError(`Expected a number, received "${text}".`)
  return value
}

/** "1,2,3" */
export function numberList(text: string): readonly number[] {
  return text.split(',').map((part) => wholeNumber(part.trim()))
}

/** "piece,crop" */
export function wordList(text: string): readonly string[] {
  return text.split(',').map((part) => part.trim())
}
