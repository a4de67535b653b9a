import type { Region } from "../aws/ids.ts";

/** Change events of a region that did not arrive: policies of functions changed without one. */
export interface LostEvents {
  readonly region: Region;
  /** When the first of these changes was found. */
  readonly sinceMs: number;
  /** The functions whose policies changed, sorted. */
  readonly functionNames: readonly string[];
}
