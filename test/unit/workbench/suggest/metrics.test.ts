import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { unusedMetrics, writeMetrics } from "../../../../src/workbench/suggest/metrics.ts";
import type { SuggestionReport } from "../../../../src/workbench/suggest/report.ts";

type Manifest = SuggestionReport["manifests"][number];

function notSeen(confidence: string, granularity: string, days: number): object {
  return { use: "not-seen", confidence, granularity, days };
}

const UNKNOWN = { use: "unknown", confidence: null, granularity: null, days: null };
const USED = { ...UNKNOWN, use: "used" };

function manifest(name: string, permissions: readonly object[]): Manifest {
  return { manifest: name, permissions } as unknown as Manifest;
}

test("unused permissions are counted by namespace, granularity and confidence, with their shortest window", () => {
  const manifests = [
    manifest("payments/x", [USED, UNKNOWN]),
    manifest("orders/b", [notSeen("weak", "action", 20), notSeen("strong", "service", 400)]),
    manifest("orders/a", [notSeen("strong", "service", 380), UNKNOWN, UNKNOWN]),
  ];
  const unreadRoles = [{ role: "arn:a", reason: "AccessDenied" }];

  const text = unusedMetrics({ manifests, unreadAccounts: [], unreadRoles, cloudtrail: null }, 1_500);

  const counts = text.split("\n").filter((line) => /^[^#].* [^0]\d*$/.test(line));
  expect(counts).toEqual([
    'grantkeeper_unused_permissions{namespace="orders",granularity="service",confidence="strong"} 2',
    'grantkeeper_unused_permissions{namespace="orders",granularity="action",confidence="weak"} 1',
    'grantkeeper_unused_permissions_window_days{namespace="orders",granularity="service",confidence="strong"} 380',
    'grantkeeper_unused_permissions_window_days{namespace="orders",granularity="action",confidence="weak"} 20',
    'grantkeeper_unknown_permissions{namespace="orders"} 2',
    'grantkeeper_unknown_permissions{namespace="payments"} 1',
    "grantkeeper_unused_permissions_unread 1",
    "grantkeeper_unused_permissions_timestamp_seconds 1",
  ]);
  expect(text).toContain('{namespace="payments",granularity="service",confidence="strong"} 0\n');
  expect(text.match(/^# TYPE \w+ gauge$/gm)).toHaveLength(5);
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
