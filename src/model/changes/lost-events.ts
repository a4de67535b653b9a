import type { Region } from "../aws/ids.ts";

/** Change events of a region that did not arrive: a policy of a function changed without one. */
export interface LostEvents {
  readonly region: Region;
  /** When the change was found. */
  readonly sinceMs: number;
  /** The function whose policy changed. */
  readonly functionName: string;
}
