/** `ENOENT`, `ECONNREFUSED`: what Node and the system call a failure; undefined where they do not say. */
export function errorCode(cause: unknown): string | undefined {
  const has = typeof cause === "object" && cause !== null && "code" in cause;
  return has && typeof cause.code === "string" ? cause.code : undefined;
}
