/**
 * Waits until the value is there or the signal is aborted.
 * @throws the signal's reason
 */
export async function orAborted<Value>(waited: Value | Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abandon = (): void => reject(signal.reason as Error);
  signal.addEventListener("abort", abandon, { once: true });
  try {
    return await Promise.race([waited, promise]);
  } finally {
    signal.removeEventListener("abort", abandon);
  }
}
