/** Listeners by event name. They outlive connections: whoever reconnects hands the same subscriptions to the next one. */
export class Subscriptions<Events> {
  readonly #listeners = new Map<keyof Events, Set<(value: never) => void>>()

  /** @returns a function that ends the subscription. */
  on<Name extends keyof Events>(name: Name, listener: (value: Events[Name]) => void): () => void {
    // One function may listen twice and leave once: each subscription is a function of its own.
    const own = (value: Events[Name]): void => listener(value)
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners.add(own))
    return () => listeners.delete(own)
  }

  emit<Name extends keyof Events>(name: Name, value: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(value as never)
  }
}
