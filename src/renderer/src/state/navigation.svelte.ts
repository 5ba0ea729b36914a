/** Where in the window the reader is: a screen and what is selected on it. Restored at the next start. */

export interface Outline {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly label: string
}

/** What each screen can be told to show. Everything is optional: a screen chooses well by itself. */
export interface Places {
  start: Record<never, never>
  corpus: {
    readonly style?: number | undefined
    readonly composer?: number | undefined
    readonly piece?: number | undefined
    readonly query?: string | undefined
    /** A page opened in the viewer. */
    readonly page?: number | undefined
    /** Another page, shown beside it. */
    readonly beside?: number | undefined
    /** The sample set whose crops are drawn over the page. */
    readonly sampleSet?: number | undefined
    /** The crop to point at, by its index in the sample set. */
    readonly index?: number | undefined
    /** Something else to point at on the page, in page pixels, e.g. a receptive field. */
    readonly outline?: Outline | undefined
  }
  samples: {
    readonly sampleSet?: number | undefined
    readonly index?: number | undefined
    /** The studio is shown, where a new set is prepared, not the sets that are there. */
    readonly part?: 'new' | undefined
    /** The page on which the studio shows what would be accepted. */
    readonly page?: number | undefined
    /** What of the set is shown; its crops unless said. */
    readonly face?: 'split' | 'versions' | undefined
    /** The set that it is compared with. */
    readonly other?: number | undefined
  }
  training: {
    readonly run?: string | undefined
    readonly series?: string | undefined
    /** The series are shown, not the run. */
    readonly part?: 'series' | undefined
  }
  filters: {
    readonly run?: string | undefined
    readonly layer?: string | undefined
    readonly channel?: number | undefined
    /** The sample whose activation maps are shown. */
    readonly index?: number | undefined
  }
  reconstruction: { readonly run?: string | undefined; readonly index?: number | undefined }
  latent: { readonly run?: string | undefined; readonly index?: number | undefined }
  findings: {
    readonly run?: string | undefined
    readonly tab?: 'contrasts' | 'recurring' | 'names' | undefined
    /** The comparison of runs that is looked at. */
    readonly recurrence?: number | undefined
  }
}

export type Screen = keyof Places

export const SCREENS = [
  'start',
  'corpus',
  'samples',
  'training',
  'filters',
  'reconstruction',
  'latent',
  'findings',
] as const satisfies readonly Screen[]

const KEY = 'scorescope.place'
const HISTORY = 50

type AllPlaces = { readonly [S in Screen]: Places[S] }

interface Place {
  readonly screen: Screen
  readonly places: AllPlaces
}

const NOWHERE: AllPlaces = {
  start: {},
  corpus: {},
  samples: {},
  training: {},
  filters: {},
  reconstruction: {},
  latent: {},
  findings: {},
}

export class NavigationState {
  #place = $state.raw<Place>({ screen: 'start', places: NOWHERE })
  #back = $state.raw<readonly Place[]>([])
  #forward = $state.raw<readonly Place[]>([])

  constructor(private readonly storage: Storage) {
    const kept = readPlace(storage.getItem(KEY))
    if (kept !== null) this.#place = kept
  }

  get screen(): Screen {
    return this.#place.screen
  }

  get canGoBack(): boolean {
    return this.#back.length > 0
  }

  get canGoForward(): boolean {
    return this.#forward.length > 0
  }

  /** What is selected on a screen, also while another is shown. */
  on<S extends Screen>(screen: S): Places[S] {
    return this.#place.places[screen]
  }

  /** Shows a screen: with `place`, exactly that; without, as it was left. */
  go<S extends Screen>(screen: S, place?: Places[S]): void {
    const places = place === undefined ? this.#place.places : { ...this.#place.places, [screen]: place }
    this.#back = [...this.#back, this.#place].slice(-HISTORY)
    this.#forward = []
    this.keep({ screen, places })
  }

  /** Changes what is selected on a screen without a step in the history: while choosing, moving, paging. */
  refine<S extends Screen>(screen: S, change: Partial<Places[S]>): void {
    const place = { ...this.#place.places[screen], ...change }
    this.keep({ screen: this.#place.screen, places: { ...this.#place.places, [screen]: place } })
  }

  back(): void {
    const place = this.#back.at(-1)
    if (place === undefined) return
    this.#back = this.#back.slice(0, -1)
    this.#forward = [...this.#forward, this.#place]
    this.keep(place)
  }

  forward(): void {
    const place = this.#forward.at(-1)
    if (place === undefined) return
    this.#forward = this.#forward.slice(0, -1)
    this.#back = [...this.#back, this.#place]
    this.keep(place)
  }

  /** Another project was opened: what was selected means nothing there. */
  forget(): void {
    this.#back = []
    this.#forward = []
    this.keep({ screen: this.#place.screen, places: NOWHERE })
  }

  private keep(place: Place): void {
    this.#place = place
    this.storage.setItem(KEY, JSON.stringify(place))
  }
}

function isScreen(value: unknown): value is Screen {
  return SCREENS.some((screen) => screen === value)
}

/** Null for anything but what `keep` wrote: an older or damaged note starts afresh. */
function readPlace(text: string | null): Place | null {
  if (text === null) return null
  try {
    const kept: unknown = JSON.parse(text)
    if (typeof kept !== 'object' || kept === null || !('screen' in kept) || !('places' in kept)) return null
    if (!isScreen(kept.screen) || typeof kept.places !== 'object' || kept.places === null) return null
    return { screen: kept.screen, places: { ...NOWHERE, ...kept.places } }
  } catch {
    return null
  }
}
