import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { IamActionData } from "../../../src/aws/action-data/action-data.ts";
import { readShippedPolicies } from "../../../src/aws/action-data/shipped-policies.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import { findingsOffline } from "../../../src/workbench/project/findings.ts";
import { foldDiagnostics } from "../../../src/workbench/project/fold.ts";
import { findingDiagnostics } from "../../../src/workbench/project/diagnostics.ts";
import { compileTexts, NOW_MS } from "../../support/manifests.ts";

/*
 * What a reader made of 20 mistakes of newcomers, who saw the file and the message of `validate` alone, at the first try
 * (docs/authoring.md). `found` has the messages and hints, as they are now: a correction proves nothing about another message.
 * `triedWith` is the digest of those from which a reader corrected the mistake last. If a message changes, repeat its trial with
 * a reader who knows nothing of Grantkeeper, and write the digest and the page.
 */

interface Shown {
  readonly message: string;
  readonly hint: string | null;
}

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const TRIALS = JSON.parse(readFileSync(`${ROOT}test/fixtures/first-corrections.json`, "utf8")) as readonly {
  readonly mistake: string;
  /** Missing: the manifest of a team. */
  readonly path?: string;
  readonly text: string;
  readonly corrected: string;
  readonly found: readonly Shown[];
  readonly triedWith: string;
}[];

const PLATFORM = Object.fromEntries(
  globSync("platform/*.yaml", { cwd: `${ROOT}examples/first-repository` }).map((path) => [
    path,
    readFileSync(`${ROOT}examples/first-repository/${path}`, "utf8"),
  ]),
);
/** The boundary names an action of every service. */
const services = JSON.stringify(PLATFORM).match(/[a-z0-9-]+(?=:[A-Za-z*]+\b)/g) ?? [];
const actionData = await new IamActionData().load([...new Set(services)]);
const shipped = await readShippedPolicies();

function errorsIn(text: string, path = "teams/orders/orders-api.yaml"): readonly Shown[] {
  const compilation = compileTexts({ ...PLATFORM, [path]: text });
  const findings = findingsOffline(compilation, { actionData, shipped, nowMs: NOW_MS, authors: new Map() });
  const diagnostics = [
    ...compilation.diagnostics,
    ...findingDiagnostics([...findings.values()].flat(), compilation.desired.accounts),
  ];
  return foldDiagnostics(diagnostics).flatMap(({ lead: { severity, message, fix } }) =>
    severity === "error" ? [{ message, hint: fix }] : [],
  );
}

test("20 mistakes were tried, and 6 of the fields that put functions and accounts in order", () => {
  expect(TRIALS).toHaveLength(26);
});

test("a reader has corrected each mistake from its message of today", () => {
  const changed = TRIALS.filter(
    ({ found, triedWith }) => digestOf(found.map((one) => ({ ...one }))) !== triedWith,
  );

  expect(changed.map(({ mistake }) => mistake)).toEqual([]);
});

describe("a manifest that was corrected from its message alone", () => {
  test.each(TRIALS)("has no error: $mistake", ({ text, corrected, path, found }) => {
    expect(errorsIn(text, path)).toEqual(found);
    expect(errorsIn(corrected, path)).toEqual([]);
  });
});
