/** Finds each screen's view by its folder, so that the frame names none of them. */
import type { Component } from 'svelte'
import type { Screen } from './state/navigation.svelte'

type ViewModule = { readonly default: Component }

const MODULES = import.meta.glob<ViewModule>('./views/*/*View.svelte')

const PATHS: Readonly<Record<Screen, string>> = {
  start: './views/start/StartView.svelte',
  corpus: './views/corpus/CorpusView.svelte',
  samples: './views/samples/SamplesView.svelte',
  training: './views/training/TrainingView.svelte',
  filters: './views/filters/FiltersView.svelte',
  reconstruction: './views/reconstruction/ReconstructionView.svelte',
  latent: './views/latent/LatentView.svelte',
  findings: './views/findings/FindingsView.svelte',
}

/** Loads a screen's view when it is first shown; null where this build has none. */
export function viewOf(screen: Screen): Promise<ViewModule> | null {
  return MODULES[PATHS[screen]]?.() ?? null
}
