import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import { basename } from 'node:path'
import typescript from 'typescript-eslint'

/** One program per runtime, each with its own lib and types: the same ones that `tsc -b` checks. */
const project = [
  'src/shared/tsconfig.json',
  'src/main/tsconfig.json',
  'src/main/compute/tsconfig.json',
  'src/main/shell/tsconfig.json',
  'src/preload/tsconfig.json',
  'src/renderer/tsconfig.json',
  'tests/tsconfig.json',
]

/** A file is named after what it promises. */
const fileNames = {
  rules: {
    'no-vague-name': {
      meta: { type: 'problem', schema: [] },
      create: (context) => ({
        Program(node) {
          if (/^(utils?|helpers?|common|misc)\./.test(basename(context.filename)))
            context.report({
              node,
              message: 'Name the file after what it does: utils, helpers, common and misc say nothing.',
            })
        },
      }),
    },
  },
}

/** Stops, not aims: a file aims at 200 lines, a function at 30, and three parameters, then an options object. */
const budgets = {
  'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true, IIFEs: true }],
  'max-params': ['error', { max: 4 }],
}

const NETWORK = ['http', 'https', 'http2', 'net', 'dgram', 'tls', 'dns', 'dns/promises', 'ws', 'undici']
const OFFLINE = 'Core and compute never reach the network.'
const RANDOM = 'A result is a function of its seed: use the injected generator.'
const CLOCK = 'Use the injected clock.'

/** What core and compute may not touch: the network, chance, the clock, the process they run in. */
const sealed = {
  'no-restricted-imports': [
    'error',
    {
      paths: NETWORK.flatMap((name) =>
        [name, `node:${name}`].map((path) => ({ name: path, message: OFFLINE })),
      ),
    },
  ],
  'no-restricted-globals': [
    'error',
    ...['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'].map((name) => ({ name, message: OFFLINE })),
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Math', property: 'random', message: RANDOM },
    { object: 'crypto', property: 'getRandomValues', message: RANDOM },
    { object: 'Date', property: 'now', message: CLOCK },
    { object: 'globalThis', property: 'fetch', message: OFFLINE },
  ],
  'no-restricted-syntax': [
    'error',
    { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: CLOCK },
  ],
}

const typeScriptRules = {
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
  '@typescript-eslint/no-generated-empty-object-type': 'off',
  '@typescript-eslint/require-await': 'off',
  '@typescript-eslint/no-unnecessary-type-parameters': 'off',
  '@typescript-eslint/unified-signatures': 'off',
}

const unsafeOff = Object.fromEntries(
  ['argument', 'assignment', 'call', 'member-access', 'return']
    .map((name) => `@typescript-eslint/no-unsafe-${name}`)
    .concat('@typescript-eslint/no-redundant-type-constituents', '@typescript-eslint/restrict-plus-operands')
    .map((rule) => [rule, 'off']),
)

export default typescript.config(
  { ignores: ['node_modules/', 'out/', 'dist/', '.cache/', 'coverage/', 'tests/fixtures/'] },
  { linterOptions: { noInlineConfig: false, reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    plugins: { scorescope: fileNames },
    rules: {
      'scorescope/no-vague-name': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      ...budgets,
    },
  },
  { files: ['**/*.{mjs,cjs,js}'], languageOptions: { globals: globals.node } },
  {
    files: ['src/**/*.{ts,svelte}', 'tests/**/*.{ts,svelte}'],
    extends: [typescript.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { project, extraFileExtensions: ['.svelte'], tsconfigRootDir: import.meta.dirname },
    },
    rules: typeScriptRules,
  },
  { files: ['src/**/*.svelte', '**/*.svelte.ts'], extends: [svelte.configs.recommended] },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { globals: globals.browser, parserOptions: { parser: typescript.parser } },
  },
  {
    files: ['**/*.svelte'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { excludedRunes: ['$props', '$derived', '$state'] }],
    },
  },
  // What a component's markup and imports of components are, only svelte-check knows; to ESLint they are `any`.
  { files: ['**/*.svelte', 'src/renderer/src/main.ts', 'tests/renderer/**/*.ts'], rules: unsafeOff },
  // State holds plain collections in $state.raw and replaces them whole.
  { files: ['src/renderer/**/*.svelte.ts'], rules: { 'svelte/prefer-svelte-reactivity': 'off' } },
  { files: ['src/main/{core,compute,decoding,numerics}/**/*.ts'], rules: sealed },
  { files: ['tests/**/*.ts'], rules: { 'max-lines-per-function': 'off' } },
  { files: ['*.config.ts'], extends: [typescript.configs.strict] },
)
