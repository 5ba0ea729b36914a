/** The seven idioms and how each of them writes. */
import type { Idiom } from '../traits'
import { baroque } from './baroque'
import { classical } from './classical'
import { impressionist } from './impressionist'
import type { IdiomRules } from './plan'
import { popRock } from './pop-rock'
import { ragtime } from './ragtime'
import { romantic } from './romantic'
import { tinPanAlley } from './tin-pan-alley'

export const RULES: Readonly<Record<Idiom, IdiomRules>> = {
  baroque,
  classical,
  romantic,
  impressionist,
  ragtime,
  'tin-pan-alley': tinPanAlley,
  'pop-rock': popRock,
}
