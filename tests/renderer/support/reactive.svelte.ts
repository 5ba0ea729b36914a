/** Props that a test can change while the component is shown. */
export function reactive<Props extends Record<string, unknown>>(props: Props): Props {
  const state = $state(props)
  return state
}
