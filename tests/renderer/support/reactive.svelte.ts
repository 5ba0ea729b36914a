/** Props that a test can change while the component is shown. */
export function reactive<Props extends Record<string, unknown>>(props: Props): Props {
  const state = $state(props)
  return state
}

/** Runs something again whenever what it reads has changed, as a view would; returns what ends that. */
export function following(follow: () => void): () => void {
  return $effect.root(() => {
    $effect(follow)
  })
}
