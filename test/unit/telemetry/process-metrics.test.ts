import { expect, test } from "@jest/globals";
import { measureIntervals } from "../../../src/compose/process/process-metrics.ts";
import type { Config } from "../../../src/config/config.ts";
import type { NamespaceSourceConfig } from "../../../src/config/git/source-config.ts";
import { MemoryTelemetry } from "../../support/fakes/memory-telemetry.ts";

test("each source has the interval of its own fetches, so that an alert on one that is not read fits it", () => {
  const telemetry = new MemoryTelemetry();
  const source = { name: "main", intervalMs: 60_000 } as Config["source"];
  const namespaceSources = ["orders", "payments"].map(
    (name, at) => ({ name, intervalMs: 600_000 * (at + 1) }) as NamespaceSourceConfig,
  );

  measureIntervals({ sweepMs: 300_000, source, namespaceSources }, telemetry);

  expect([...telemetry.gauges]).toEqual([
    ["sweep_interval_seconds", 300],
    ["source_interval_seconds main", 60],
    ["source_interval_seconds orders", 600],
    ["source_interval_seconds payments", 1_200],
  ]);
});
