/** What goes with every exported picture and table, so that it can be told years later what it shows. */

export interface Caption {
  /** What it is, e.g. "Most exciting crops". */
  readonly title: string
  /** Run, layer, channel, page, settings: whichever apply, in this order. */
  readonly facts: readonly (readonly [name: string, value: string])[]
}

/** One line: "Most exciting crops. Run k3f9 (quick, seed 1); layer bottleneck; channel 3." */
export function captionLine({ title, facts }: Caption): string {
  const said = facts.map(([name, value]) => `${name} ${value}`).join('; ')
  return said === '' ? `${title}.` : `${title}. ${said.charAt(0).toUpperCase()}${said.slice(1)}.`
}

/** Cut into lines of at most so many characters, between words. */
export function captionLines(caption: Caption, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of captionLine(caption).split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** For a file's name: what it is and of what, in plain letters. */
export function fileNameOf({ title, facts }: Caption, extension: string): string {
  const words = [title, ...facts.slice(0, 3).map(([name, value]) => `${name} ${value}`)].join(' ')
  const plain = words
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return `${plain.slice(0, 100).toLowerCase()}.${extension}`
}
