import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { unusedMetrics, writeMetrics } from "../../../../src/workbench/suggest/metrics.ts";
import type { SuggestionReport } from "../../../../src/workbench/suggest/report.ts";

type Manifest = SuggestionReport["manifests"][number];

function manifest(name: string, confidences: readonly (string | null)[]): Manifest {
  return {
    manifest: name,
    permissions: confidences.map((confidence) => ({ confidence })),
  } as unknown as Manifest;
}

test("unused permissions are counted by namespace and confidence", () => {
  const manifests = [
    manifest("payments/x", [null]),
    manifest("orders/b", ["weak", "strong"]),
    manifest("orders/a", ["strong", null]),
  ];

  const lines = unusedMetrics({ manifests }, 1_500).split("\n");

  expect(lines.filter((line) => !line.startsWith("#"))).toEqual([
    'grantkeeper_unused_permissions{namespace="orders",confidence="strong"} 2',
    'grantkeeper_unused_permissions{namespace="orders",confidence="moderate"} 0',
    'grantkeeper_unused_permissions{namespace="orders",confidence="weak"} 1',
    'grantkeeper_unused_permissions{namespace="payments",confidence="strong"} 0',
    'grantkeeper_unused_permissions{namespace="payments",confidence="moderate"} 0',
    'grantkeeper_unused_permissions{namespace="payments",confidence="weak"} 0',
    "grantkeeper_unused_permissions_timestamp_seconds 1",
    "",
  ]);
});

test("the file is replaced completely or not at all", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gk-metrics-"));
  try {
    await writeMetrics(join(folder, "a.prom"), "a 1\n");
    await writeMetrics(join(folder, "a.prom"), "a 2\n");

    expect(await readFile(join(folder, "a.prom"), "utf8")).toBe("a 2\n");
    expect(await readdir(folder)).toEqual(["a.prom"]);
    await expect(writeMetrics(join(folder, "none/a.prom"), "")).rejects.toThrow("cannot write");
  } finally {
    await rm(folder, { recursive: true });
  }
});
