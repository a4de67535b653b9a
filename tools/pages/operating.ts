import { METRICS } from "../../src/telemetry.ts";
import { code, table } from "./fields.ts";
import { laidOut, withPart, type Page } from "./page.ts";

/** Written by people, but for the list of metrics. */
export const operatingPage: Page = {
  path: "docs/operating.md",
  text: (before) => laidOut(withPart(before, "metrics", metricsTable())),
};

function metricsTable(): string {
  const rows = Object.entries(METRICS).flatMap(([type, metrics]) =>
    Object.entries(metrics).map(([name, { help, labels }]) => [
      code(`grantkeeper_${name}`),
      type,
      labels.map(code).join(" "),
      help,
    ]),
  );
  return table(["Metric", "Type", "Labels", "What it says"], rows);
}
