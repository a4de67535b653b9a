import { createContext, useContext, useId, useLayoutEffect, useSyncExternalStore } from "react";
import { ShownReasons } from "../view/live/shown-reasons.ts";

/** The reasons that the screen has shown already. */
export const StatedReasons = createContext(new ShownReasons());

/** Whether another part of the screen states the reason already. null: there is none. */
export function useIsStatedElsewhere(reason: string | null): boolean {
  const part = useId();
  const reasons = useContext(StatedReasons);
  useLayoutEffect(() => (reason === null ? undefined : reasons.add(reason, part)), [reasons, reason, part]);
  return useSyncExternalStore(
    reasons.subscribe,
    () => reason !== null && reasons.isStatedBefore(reason, part),
  );
}
