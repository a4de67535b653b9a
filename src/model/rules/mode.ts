/** `observe` compares and never writes; `enforce` converges. */
export type Mode = "observe" | "enforce";

/** The more cautious of two. */
export function lowerMode(a: Mode, b: Mode): Mode {
  return a === "enforce" && b === "enforce" ? "enforce" : "observe";
}
