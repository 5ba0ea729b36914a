/** What a child process wrote last, bounded, so that its end can be explained. */
import type { Readable } from 'node:stream'

const LINES_KEPT = 60
const LINE_LENGTH = 500

export interface LastWords {
  /** One line that explains most: the last error's, else the last of all; null when nothing was written. */
  reason(): string | null
}

/** Reads the streams to their end; every line is also given to `log`. */
export function keepLastWords(streams: readonly Readable[], log: (line: string) => void): LastWords {
  const lines: string[] = []
  const keep = (line: string): void => {
    const text = line.slice(0, LINE_LENGTH).trimEnd()
    if (text === '') return
    lines.push(text)
    if (lines.length > LINES_KEPT) lines.shift()
    log(text)
  }
  for (const stream of streams) {
    let rest = ''
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n')
      // A line without end must not grow without end.
      rest = (parts.pop() ?? '').slice(-LINE_LENGTH)
      for (const part of parts) keep(part)
    })
    stream.on('end', () => keep(rest))
  }
  return { reason: () => lines.findLast((line) => ERROR_LINE.test(line)) ?? lines.at(-1) ?? null }
}

/** The headline of a JavaScript error, or a fatal message of native code. */
const ERROR_LINE = /^(Uncaught )?[A-Za-z]*(Error|Exception)\b.*:|^(FATAL|terminate called|Segmentation)/
