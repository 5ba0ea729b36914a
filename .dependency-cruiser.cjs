/**
 * Who may import whom (ARCHITECTURE.md). Each rule forbids by reach, not only by direct import, wherever the
 * thing forbidden could arrive through another file. tests/unit/import-rules.test.ts proves that they bite.
 */
/** The type of an import does not matter, only what is there at run time, unless a rule says otherwise. */
const never = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

const TENSORFLOW = '(^|/)node_modules/@tensorflow/'
const ELECTRON = '(^|/)node_modules/electron/|^electron$'
const HEADLESS =
  '^src/main/(cli|serve|engine|compute|core|decode|decoding|engraving|numerics|transport|storage)(/|\\.ts$)'

module.exports = {
  forbidden: [
    never(
      'no-circular',
      'Two files that need each other are one file, or three.',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    never(
      'no-unresolved',
      'An import that resolves to nothing.',
      { path: '^src/' },
      { couldNotResolve: true },
    ),
    never(
      'electron-in-shell-only',
      'Only src/main/shell, its wiring and the preload may name electron.',
      { path: '^src/', pathNot: '^src/(main/shell/|main/index\\.ts$|preload/)' },
      { path: ELECTRON },
    ),
    never(
      'headless-never-reaches-electron',
      'The engine, compute, CLI and serve run on plain Node.',
      { path: HEADLESS },
      { path: `${ELECTRON}|^src/main/shell/`, reachable: true },
    ),
    never(
      'tensorflow-in-compute-only',
      'Only src/main/compute may name @tensorflow.',
      { path: '^src/', pathNot: '^src/main/compute(/|\\.ts$)' },
      { path: TENSORFLOW },
    ),
    never(
      'nothing-but-compute-reaches-tensorflow',
      'A crash in libtensorflow costs a run, not the project: it lives in its own process.',
      {
        path: '^src/(main/(cli|serve|engine|core|decode|decoding|engraving|numerics|shell|transport|storage|index)|preload|renderer|shared)(/|\\.ts$)',
      },
      { path: TENSORFLOW, reachable: true },
    ),
    never(
      'compute-never-reaches-the-catalogue',
      'Compute gets a plan and a sample file, and nothing else.',
      { path: '^src/main/compute(/|\\.ts$)' },
      { path: '(^|/)node_modules/(better-sqlite3|sharp|@img)/|^src/main/core/', reachable: true },
    ),
    never(
      'the-shell-loads-nothing-native',
      "On Linux, sharp's libvips and Electron's GLib clash in every process made from Electron's binary.",
      { path: '^src/main/(shell/|index\\.ts$)' },
      { path: '(^|/)node_modules/(better-sqlite3|sharp|@img|@hyzyla|@tensorflow)/', reachable: true },
    ),
    never(
      'core-folders-stand-alone',
      "Core's folders meet only in core/parts.ts; files directly in core, such as ports, are open to all.",
      { path: '^src/main/core/([^/]+)/' },
      { path: '^src/main/core/([^/]+/|(index|parts)\\.ts$)', pathNot: '^src/main/core/($1|migrations)/' },
    ),
    never(
      'core-has-one-door',
      'From outside, core is core/index.ts.',
      { path: '^src/main/', pathNot: '^src/main/core/' },
      { path: '^src/main/core/[^/]+/' },
    ),
    never(
      'core-knows-no-caller',
      'Core is what is known; shell, cli and serve are who asks.',
      { path: '^src/main/core/' },
      { path: '^src/main/(shell|cli|compute|transport)/|^src/(preload|renderer)/' },
    ),
    never(
      'numerics-is-arithmetic',
      'Numerics are functions of numbers: they know the contract, the seeded generator, hashes, and nothing of where they run.',
      { path: '^src/main/numerics/' },
      { pathNot: '^src/main/numerics/|^src/shared/|(^|/)node_modules/pure-rand/|^(node:)?crypto$' },
    ),
    never(
      'engraving-only-engraves',
      'Notation in, outlines out: it knows verovio and nothing of what is done with them.',
      { path: '^src/main/engraving/' },
      { pathNot: '^src/main/engraving/|(^|/)node_modules/verovio/' },
    ),
    never(
      'decoding-only-decodes',
      'A file in, pixels or what is measured of them out: it knows libvips, PDFium, numerics and the contract.',
      { path: '^src/main/decoding/' },
      {
        pathNot: '^src/main/(decoding|numerics)/|^src/shared/|(^|/)node_modules/(sharp|@hyzyla/pdfium)/',
        dependencyTypesNot: ['core'],
      },
    ),
    never(
      'the-decoder-holds-nothing',
      'The decoding process may crash at any moment: it never reaches the catalogue.',
      { path: '^src/main/decode\\.ts$' },
      { path: '(^|/)node_modules/better-sqlite3/|^src/main/core/', reachable: true },
    ),
    never(
      'shared-imports-zod-only',
      'The contract stands on zod alone.',
      { path: '^src/shared/' },
      { pathNot: '^src/shared/|(^|/)node_modules/zod/' },
    ),
    never(
      'the-window-sees-shared-only',
      'Renderer and preload see the contract, and no file of the processes behind it.',
      { path: '^src/(renderer|preload)/' },
      { path: '^src/main/', reachable: true },
    ),
    never(
      'the-renderer-has-no-node',
      'The page is sandboxed.',
      { path: '^src/renderer/' },
      { dependencyTypes: ['core'] },
    ),
    never(
      'components-are-dumb',
      'A component takes props and gives callbacks: it knows no state, view or transport.',
      { path: '^src/renderer/src/(components|charts)/' },
      { path: '^src/renderer/src/(state|views|transport|api)(/|\\.)' },
    ),
    never(
      'no-tests-in-source',
      'Source never leans on tests.',
      { path: '^src/' },
      { path: '^(tests|scripts)/' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(out|dist|\\.cache)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'svelte', 'default', 'require', 'node'],
      mainFields: ['module', 'main', 'types'],
      extensions: ['.ts', '.svelte.ts', '.svelte', '.js', '.cjs', '.mjs', '.json', '.d.ts'],
    },
  },
}
