import type { BindingObject } from "../../api/bindings.ts";

/** The mode of the manifest if it releases the function: the effective mode alone would show it as managed. */
export function modeText({
  spec: { desired },
  status: { mode },
}: Pick<BindingObject, "spec" | "status">): string {
  const isReleased = desired !== null && "released" in desired;
  if (!isReleased) return mode;
  return mode === "observe" ? "release, observe" : "release";
}
