/** The two modules of verovio that are used; the package brings no types. */
declare module 'verovio/wasm' {
  /** Verovio's WebAssembly, started. */
  export interface VerovioModule {
    readonly HEAPU8: Uint8Array
  }
  export default function createVerovioModule(): Promise<VerovioModule>
}

declare module 'verovio/esm' {
  import type { VerovioModule } from 'verovio/wasm'

  export const LOG_ERROR: number
  export function enableLog(level: number, module: VerovioModule): void

  export class VerovioToolkit {
    constructor(module: VerovioModule)
    setOptions(options: Readonly<Record<string, unknown>>): void
    loadData(data: string): boolean
    getPageCount(): number
    getPageWithElement(id: string): number
    renderToSVG(page: number): string
    getLog(): string
    destroy(): void
  }
}
