/** What tells paths apart: without the folders that all of them begin with. */
export function pathLabels(paths: readonly string[]): readonly string[] {
  const split = paths.map((path) => path.split(/(?<=[\\/])/))
  const [first = []] = split
  const shortest = Math.min(...split.map(({ length }) => length))
  let shared = 0
  while (shared < shortest - 1 && split.every((names) => names[shared] === first[shared])) shared += 1
  return split.map((names) => (shared > 1 ? `…/${names.slice(shared).join('')}` : names.join('')))
}
