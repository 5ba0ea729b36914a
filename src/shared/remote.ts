/** How a local interface looks from the far side of a border: the same, but asynchronous and cancellable. */

export interface CallOptions {
  readonly signal?: AbortSignal
  /** Fails with `request/deadline` when no answer came by then. Without it a request may take as long as it takes. */
  readonly deadlineMs?: number
}

/** What a method is told besides its request. */
export interface CallContext {
  readonly signal: AbortSignal
}

type RemoteMethod<Method> = Method extends () => infer Result
  ? (request?: undefined, options?: CallOptions) => Promise<Awaited<Result>>
  : Method extends (request: infer Request) => infer Result
    ? (request: Request, options?: CallOptions) => Promise<Awaited<Result>>
    : never

type LocalMethod<Method> = Method extends () => infer Result
  ? (request: undefined, context: CallContext) => Result | Promise<Result>
  : Method extends (request: infer Request) => infer Result
    ? (request: Request, context: CallContext) => Result | Promise<Result>
    : never

/** The far side: what callers hold. */
export type Remote<Api> = {
  readonly [Noun in keyof Api]: { readonly [Verb in keyof Api[Noun]]: RemoteMethod<Api[Noun][Verb]> }
}

/** The near side: what implements it; may be synchronous. */
export type Local<Api> = {
  readonly [Noun in keyof Api]: { readonly [Verb in keyof Api[Noun]]: LocalMethod<Api[Noun][Verb]> }
}

/** Nouns and their verbs, spelled out once for run time. */
export type MethodTable<Api> = { readonly [Noun in keyof Api]: readonly (keyof Api[Noun])[] }
