/** A place in a file of the repository; what only AWS has is named by its target. */
export type ReportedPlace =
  | { readonly kind: "file"; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: "target"; readonly target: string };

/** `teams/orders/orders-api.yaml:20:7`, `orders/orders-api@prod/eu-west-1`. */
export function reportedPlaceText(place: ReportedPlace): string {
  return place.kind === "target" ? place.target : `${place.file}:${place.line}:${place.column}`;
}
