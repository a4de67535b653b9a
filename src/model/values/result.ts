/** An expected outcome as a value: `ok` has the result, `err` the reason why there is none. */
export type Result<T, E> =
  { readonly kind: "ok"; readonly value: T } | { readonly kind: "err"; readonly error: E };

export function ok<T>(value: T): Result<T, never> {
  return { kind: "ok", value };
}

export function err<E>(error: E): Result<never, E> {
  return { kind: "err", error };
}
