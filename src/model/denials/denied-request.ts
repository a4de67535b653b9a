import type { ReportedDenial } from "./reported-denial.ts";
import type { Key } from "../keys/key.ts";

/** A kind of request that AWS denied a function, counted. */
export interface DeniedRequest {
  /** Without the caller, which is the function. Of several objects of a bucket: the first one. */
  readonly reported: ReportedDenial;
  readonly calls: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Other objects of the same bucket were denied too. */
  readonly hasOtherObjects: boolean;
}

/** The denied requests of one function. */
export interface FunctionDenials {
  readonly key: Key;
  /** The most frequent first. */
  readonly requests: readonly DeniedRequest[];
  /** Denied calls of further kinds, which are only counted. */
  readonly otherCalls: number;
  /** The last of those; missing: there are none, or the time is not known. */
  readonly otherLastMs?: number;
}
