/** What is used of WebAssembly, which every Node has and whose types come only with those of a browser. */
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: 'WebAssembly.Module'
  }
  const Module: new (bytes: Uint8Array) => Module
  interface Memory {
    readonly buffer: ArrayBuffer
  }
  const Memory: new (options: { readonly initial: number }) => Memory
  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>
  }
  const Instance: new (
    module: Module,
    imports: Readonly<Record<string, Readonly<Record<string, Memory>>>>,
  ) => Instance
}
