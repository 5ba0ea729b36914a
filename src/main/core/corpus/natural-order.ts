/** Text folded for searching, and keys whose plain comparison is natural order (page 9 before page 10). */

/** Lower case, without accents, in compatibility form. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .normalize('NFC')
}

/**
 * A key that sorts as a person would: runs of digits by value, case and accents ignored at first. The name itself
 * follows, so that different names have different keys.
 */
export function naturalKey(name: string): string {
  const folded = fold(name).replace(/\d+/g, (run) => {
    const digits = run.replace(/^0+(?=\d)/, '')
    return `${String(digits.length).padStart(3, '0')}${digits}`
  })
  return `${folded}\u0001${name}`
}

export function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
