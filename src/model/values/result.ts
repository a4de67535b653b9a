/** An expected outcome as a value: `ok` has the result, `err` the reason why there is none. */
export type Result<T, E> =
  { readonly kind: "ok"; readonly value: T } | { readonly kind: "err"; readonly error: E };

export function ok<T>(value: T): Result<T, never> {
  return { kind: "ok", value };
}

export function err<E>(error: E): Result<never, E> {
  return { kind: "err", error };
}

/** For adapters, whose libraries throw: the value, or the error that the port expects. @throws every other error */
export async function resultOf<T, E extends Error>(
  work: Promise<T>,
  expected: abstract new (...args: never[]) => E,
): Promise<Result<T, E>> {
  try {
    return ok(await work);
  } catch (error) {
    if (error instanceof expected) return err(error);
    throw error;
  }
}

/** The value. @throws the error: for a caller that ends with it */
export function orThrow<T>(result: Result<T, Error>): T {
  if (result.kind === "err") throw result.error;
  return result.value;
}
