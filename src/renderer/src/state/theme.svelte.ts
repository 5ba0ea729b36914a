/** Light, dark, or as the system has it; kept for the next start. */
export type ThemeChoice = 'system' | 'light' | 'dark'

const KEY = 'scorescope.theme'

export class ThemeState {
  #choice = $state<ThemeChoice>('system')
  #systemDark = $state(false)

  constructor(
    private readonly storage: Storage,
    /** Tells the surroundings: menus and dialogs follow. */
    private readonly announce: (choice: ThemeChoice) => void = () => undefined,
    private readonly root: HTMLElement = document.documentElement,
  ) {
    const kept = storage.getItem(KEY)
    if (kept === 'light' || kept === 'dark') this.#choice = kept
    const query = matchMedia('(prefers-color-scheme: dark)')
    this.#systemDark = query.matches
    query.addEventListener('change', (event) => {
      this.#systemDark = event.matches
      this.apply()
    })
    this.apply()
    announce(this.#choice)
  }

  get choice(): ThemeChoice {
    return this.#choice
  }

  /** What is shown now. Charts read it to redraw in the right colours. */
  get shown(): 'light' | 'dark' {
    if (this.#choice !== 'system') return this.#choice
    return this.#systemDark ? 'dark' : 'light'
  }

  choose(choice: ThemeChoice): void {
    this.#choice = choice
    this.storage.setItem(KEY, choice)
    this.apply()
    this.announce(choice)
  }

  private apply(): void {
    this.root.dataset['theme'] = this.shown
  }
}
