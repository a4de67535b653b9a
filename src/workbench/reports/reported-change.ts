import type { ReportedPlace } from "./reported-place.ts";

/** A change that is no problem: what it newly allows, and what follows after the merge. The tools show it as information. */
export interface ReportedChange {
  /** `orders/orders-api@prod/eu-west-1, staging/eu-west-1`. */
  readonly title: string;
  /** The cases of JUnit that it is about: `orders/orders-api@prod/eu-west-1`. */
  readonly names: readonly string[];
  readonly place: ReportedPlace;
  /** One line each; at least one. */
  readonly parts: readonly string[];
}

/** In SARIF and Code Quality, where each entry has the name of its check. */
export const CHANGE_CODE = "review-change";

/** In one line. */
export function changeLine({ title, parts }: ReportedChange): string {
  return `${title}: ${parts.join("; ")}`;
}

/** With a line for each part. */
export function reportedChangeText({ title, parts }: ReportedChange): string {
  return [title, ...parts].join("\n");
}
