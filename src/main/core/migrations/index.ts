/** The catalogue's schema, step by step. Never edit a step that was released: add the next one. */
import project from './001-project.sql?raw'
import catalogue from './002-catalogue.sql?raw'
import sampling from './003-sampling.sql?raw'
import runs from './004-runs.sql?raw'
import features from './005-features.sql?raw'
import evaluations from './006-evaluations.sql?raw'
import training from './007-training.sql?raw'
import featureDetails from './008-features.sql?raw'
import latent from './009-latent.sql?raw'
import findings from './010-findings.sql?raw'
import staffSpaces from './011-staff-spaces.sql?raw'
import parts from './012-parts.sql?raw'
import catalogueEdits from './013-catalogue-edits.sql?raw'
import exclusions from './014-exclusions.sql?raw'
import samplingRules from './015-sampling-rules.sql?raw'
import files from './016-files.sql?raw'
import health from './017-health.sql?raw'

export interface Migration {
  readonly name: string
  readonly sql: string
}

/** In order: the first takes an empty database to schema 1, the next to schema 2, … */
export const MIGRATIONS: readonly Migration[] = [
  { name: '001-project', sql: project },
  { name: '002-catalogue', sql: catalogue },
  { name: '003-sampling', sql: sampling },
  { name: '004-runs', sql: runs },
  { name: '005-features', sql: features },
  { name: '006-evaluations', sql: evaluations },
  { name: '007-training', sql: training },
  { name: '008-features', sql: featureDetails },
  { name: '009-latent', sql: latent },
  { name: '010-findings', sql: findings },
  { name: '011-staff-spaces', sql: staffSpaces },
  { name: '012-parts', sql: parts },
  { name: '013-catalogue-edits', sql: catalogueEdits },
  { name: '014-exclusions', sql: exclusions },
  { name: '015-sampling-rules', sql: samplingRules },
  { name: '016-files', sql: files },
  { name: '017-health', sql: health },
]
