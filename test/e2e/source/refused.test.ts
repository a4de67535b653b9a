import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Files } from "../../../demo/manifests.ts";
import { commitEntries, writeBlob, type TreeEntry } from "../../support/git/git-repository.ts";
import {
  estate,
  functions,
  keyOf,
  PROD,
  READ_ORDERS,
  roleNameOf,
  WRITE_ORDERS,
} from "../../support/installation/estate.ts";
import { SIZES } from "../../support/installation/compose.ts";
import { Installation } from "../../support/installation/installation.ts";

const ORDERS = functions(["a", "b"], READ_ORDERS);
const SEARCH = functions(["c"], READ_ORDERS, "search");
const FIRST = estate({ ...ORDERS, ...SEARCH });

let installation: Installation;

beforeEach(async () => {
  installation = await Installation.start({ files: FIRST });
  await installation.converge();
});
afterEach(() => installation.stop());

/** Pushes files together with entries of other modes. */
async function push(files: Files, others: readonly Pick<TreeEntry, "mode" | "path">[]): Promise<void> {
  const { bare } = installation.repository;
  const blob = await writeBlob(bare, "../elsewhere");
  const entries = others.map((entry) => ({
    ...entry,
    oid: entry.mode === "160000" ? "1".repeat(40) : blob,
  }));
  const regular = await Promise.all(
    Object.entries(files).map(async ([path, text]) => ({
      mode: "100644",
      path,
      oid: await writeBlob(bare, text),
    })),
  );
  await installation.forcePush(await commitEntries(bare, [...regular, ...entries]));
  await installation.settled();
}

async function names(): Promise<readonly string[]> {
  const objects = await installation.control.objects();
  return objects.filter(({ kind }) => kind === "FunctionPermission").map(({ name }) => name);
}

describe("a team's folder that Git no longer has as a folder", () => {
  test.each([
    { mode: "120000", message: "a symbolic link is not read", because: "it became a symbolic link" },
    { mode: "160000", message: "a submodule is not read", because: "it became a submodule" },
  ])("is broken, and nothing of it is gone: $because", async ({ mode, message }) => {
    const writes = installation.writes().length;

    await push(estate({ ...functions(["c"], WRITE_ORDERS, "search") }), [{ mode, path: "teams/orders" }]);

    const { diagnostics } = await installation.overview();
    const stalled = await installation.condition(keyOf("a"), "Stalled");
    expect(diagnostics).toEqual([
      expect.objectContaining({
        severity: "error",
        message,
        fix: expect.any(String),
        origin: expect.objectContaining({ file: "teams/orders" }),
      }),
    ]);
    expect(await names()).toEqual(["a", "b", "c"]);
    expect(stalled).toMatchObject({ status: "True", reason: "ValidationFailed" });
    expect(Object.keys(installation.world.accounts[PROD]?.iam.roles ?? {})).toEqual(
      expect.arrayContaining([roleNameOf("a"), roleNameOf("b")]),
    );
    // The other team's change is applied.
    expect(installation.writes().length).toBeGreaterThan(writes);
  });

  test("is watched on: drift in it is found and reverted, also after a restart", async () => {
    await push(estate(SEARCH), [{ mode: "120000", path: "teams/orders" }]);
    const role = installation.world.accounts[PROD]?.iam.roles[roleNameOf("a")];
    if (role === undefined) throw new Error("the role is gone");
    const before = role.inline["grantkeeper"] ?? "";
    role.inline["grantkeeper"] = before.replace("dynamodb:GetItem", "dynamodb:DeleteItem");

    await installation.restart();
    await installation.settled();

    expect(role.inline["grantkeeper"]).toBe(before);
    expect(await names()).toEqual(["a", "b", "c"]);
  });

  test("or that has more files than one team may have, is broken, and nothing of it is gone", async () => {
    const many = Array.from({ length: SIZES.teamFiles + 1 }, (_, at) => `teams/orders/${at}.txt`);
    const { bare } = installation.repository;
    const blob = await writeBlob(bare, "x");
    const search = estate({ ...functions(["c"], WRITE_ORDERS, "search") });
    const regular = await Promise.all(
      Object.entries(search).map(async ([path, text]) => ({ path, oid: await writeBlob(bare, text) })),
    );
    const writes = installation.writes().length;

    await installation.forcePush(
      await commitEntries(
        bare,
        [...regular, ...many.map((path) => ({ path, oid: blob }))].map((entry) => ({
          ...entry,
          mode: "100644",
        })),
      ),
    );
    await installation.settled();

    const stalled = await installation.condition(keyOf("a"), "Stalled");
    expect((await installation.overview()).diagnostics).toEqual([
      expect.objectContaining({
        severity: "error",
        message: expect.stringContaining("limits.teamFiles"),
        origin: expect.objectContaining({ file: "teams/orders" }),
      }),
    ]);
    expect(await names()).toEqual(["a", "b", "c"]);
    expect(stalled).toMatchObject({ status: "True", reason: "ValidationFailed" });
    expect(Object.keys(installation.world.accounts[PROD]?.iam.roles ?? {})).toEqual(
      expect.arrayContaining([roleNameOf("a"), roleNameOf("b")]),
    );
    // The other team's change is applied.
    expect(installation.writes().length).toBeGreaterThan(writes);
  });

  test("is as before once it is a folder again", async () => {
    await push(estate(SEARCH), [{ mode: "160000", path: "teams/orders" }]);
    await installation.push(FIRST);
    await installation.settled();

    expect((await installation.overview()).diagnostics).toEqual([]);
    expect(await installation.condition(keyOf("a"), "Ready")).toMatchObject({ status: "True" });
  });
});

test("a team with many refused files does not hide those of another in the log", async () => {
  const logged: string[] = [];
  await installation.restart({
    telemetry: { warn: (text, fields) => void logged.push(`${text} ${JSON.stringify(fields)}`) },
  });
  const many = Array.from({ length: 60 }, (_, at) => `teams/orders/${at}.yaml`);

  await push(
    FIRST,
    [...many, "teams/search/link.yaml"].map((path) => ({ mode: "120000", path })),
  );

  expect(logged.filter((line) => line.startsWith("file not read"))).toHaveLength(50);
  expect(logged).toContainEqual(expect.stringMatching(/^file not read .*"path":"teams\/search\/link\.yaml"/));
  expect(logged).toContainEqual(expect.stringMatching(/^more files not read .*"count":11/));
});

test("what the source refuses is named in the log and counted in the metrics", async () => {
  const logged: string[] = [];
  const gauges = new Map<string, number>();
  await installation.restart({
    telemetry: {
      warn: (text, fields) => void logged.push(`${text} ${JSON.stringify(fields)}`),
      gauge: (metric, value, labels) =>
        void gauges.set(`${metric} ${labels?.["reason"] ?? ""}`.trim(), value),
    },
  });
  await push(FIRST, [
    { mode: "120000", path: "teams/orders/link.yaml" },
    { mode: "160000", path: "teams/vendor" },
  ]);

  expect(logged.filter((line) => line.startsWith("file not read"))).toEqual([
    expect.stringMatching(/"path":"teams\/orders\/link\.yaml".*symbolic link.*"hint":"replace the link/),
    expect.stringMatching(/"path":"teams\/vendor".*submodule.*"hint":"commit its files/),
  ]);
  expect(gauges.get("refused_files symlink")).toBe(1);
  expect(gauges.get("refused_files submodule")).toBe(1);
  expect(gauges.get("refused_files too-large")).toBe(0);
  expect(gauges.get("broken_files")).toBe(2);
});
