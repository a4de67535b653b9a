import type { EventSearch } from "../../model/changes/event-search.ts";

type Reasons = {
  readonly [K in EventSearch["kind"]]: (search: Extract<EventSearch, { readonly kind: K }>) => string;
};

const REASONS: Reasons = {
  due: () => "CloudTrail was not asked yet",
  "searched-early": () =>
    "CloudTrail shows no call yet that explains it; it shows a call up to 15 minutes later, and is asked again",
  searched: () => "CloudTrail shows no call that explains it",
  "too-many": () => "CloudTrail has more calls that name the object than are read",
  "too-old": () => "it is older than the 90 days of which CloudTrail shows calls",
  failed: ({ code, isDenied }) =>
    isDenied
      ? `the observer may not ask CloudTrail (cloudtrail:LookupEvents: ${code})`
      : `CloudTrail did not answer (cloudtrail:LookupEvents: ${code}); it is asked again`,
};

/** Why no one is named although CloudTrail is asked. */
export function searchReason(search: EventSearch): string {
  return REASONS[search.kind](search as never);
}
