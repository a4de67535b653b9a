import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { SourceError, type Source } from "../../../../src/controller/ports/source.ts";
import type { Namespace } from "../../../../src/model/aws/ids.ts";
import { functionText } from "../../../support/manifests.ts";
import { cli } from "../../../support/screens/cli.ts";
import { sourceWith, PLATFORM_SNAPSHOT, doctorInstallation } from "../../../support/screens/doctor.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-sources-"));
});
afterEach(() => rm(root, { recursive: true }));

/** The source of a namespace whose repository declares that the function `api` is its own. */
function declaring(namespace: string): Source {
  const path = `${namespace}//deploy/api.yaml`;
  const files = [{ path, oid: path, bytes: new TextEncoder().encode(functionText("api")) }];
  return { ...sourceWith(async () => ({ ...PLATFORM_SNAPSHOT, source: namespace, files })), name: namespace };
}

async function doctor(sources: Readonly<Record<string, Source>>) {
  const namespaceSources = async () =>
    Object.entries(sources).map(([namespace, source]) => ({
      namespace: namespace as Namespace,
      source,
      intervalMs: 60_000,
    }));
  const installation = { ...doctorInstallation(root, async () => []), namespaceSources };
  const { code, out } = await cli(["doctor", "--config", "x", "-o", "wide"], { installation });
  return { code, lines: out.split(/\n(?! {10})/).map((line) => line.replaceAll(/\s+/g, " ").trim()) };
}

describe("doctor, of several sources,", () => {
  test("names both places if two declare the same function, with the fix, and examines the accounts", async () => {
    const { code, lines } = await doctor({ orders: declaring("orders"), payments: declaring("payments") });

    const compile = lines.find((line) => line.includes("git compile")) ?? "";
    expect(code).toBe(3);
    expect(compile).toMatch(
      /✗ failed git compile 2 errors, the first: orders\/\/deploy\/api\.yaml:3: .*; \S/,
    );
    expect(compile).toContain("payments//deploy/api.yaml:3");
    expect(lines.filter((line) => line.startsWith("account "))).toEqual(["account prod (222222222222)"]);
  });

  test.each([
    { code: "auth-failed", message: "the server refused the token", because: "its token expired" },
    { code: "host-key-changed", message: "the key of the server changed", because: "a host key changed" },
    { code: "tls", message: "the certificate is of an unknown authority", because: "a CA is missing" },
  ] as const)("names the one that fails, with the fix, and reads the others: $because", async (failure) => {
    const { code, message } = failure;
    const failing = sourceWith(() =>
      Promise.reject(new SourceError({ source: "orders", code, message, fix: "replace it" })),
    );

    const answer = await doctor({
      orders: { ...failing, name: "orders" },
      payments: declaring("payments"),
    });

    expect(answer.code).toBe(3);
    expect(answer.lines).toContain(`✗ failed git read source "orders": ${message}; replace it`);
    expect(answer.lines.filter((line) => line.startsWith("ok git read"))).toHaveLength(2);
  });
});
