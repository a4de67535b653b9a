import type { HttpContext } from "../request/context.ts";
import type { Feeds } from "./feeds.ts";
import type { OpenWatches } from "./open-watches.ts";

/** For routes whose objects have versions. */
export interface WatchContext extends HttpContext {
  readonly feeds: Feeds;
  readonly watches: OpenWatches;
}
