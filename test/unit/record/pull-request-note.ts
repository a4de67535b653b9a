import type { AlertEvent } from "../../../src/model/alert-event.ts";

export const NOTE: Extract<AlertEvent, { readonly kind: "pull-request-note" }> = {
  kind: "pull-request-note",
  incident: `pull-requests/main/${"4f0e2d1".padEnd(40, "a")}`,
  source: "main",
  commit: "4f0e2d1".padEnd(40, "a"),
  commits: ["4f0e2d1".padEnd(40, "a")],
  text: "### Grantkeeper: applied",
  isNew: true,
  isLast: false,
};
