import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { IamActionData } from "../../src/aws/action-data/action-data.ts";
import { readShippedPolicies } from "../../src/aws/action-data/shipped-policies.ts";
import { sha256Hex } from "../../src/model/values/digest.ts";
import type { Revision } from "../../src/model/values/revision.ts";
import { planOffline } from "../../src/workbench/plan/offline.ts";
import { findingsOffline, offlineFacts, type OfflineFacts } from "../../src/workbench/project/findings.ts";
import { projectOf, type Project, type ProjectSettings } from "../../src/workbench/project/project.ts";
import { FakeClock } from "../support/fakes/fake-clock.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../support/fc-runs.ts";
import { COMPILE_CONTEXT, functionText, PLATFORM_FILES } from "../support/manifests.ts";
import { edit, WORLD, type Files } from "./known-functions-world.ts";

/*
 * A review compiles and judges most of its head from the base. The result must be that of two revisions which know nothing of each other.
 */

const SETTINGS: ProjectSettings = {
  platformPath: "platform",
  tenantPath: "teams",
  sizes: {
    fileBytes: 1_048_576,
    files: 1_000,
    documentsPerFile: 100,
    snapshotBytes: 1_048_576,
    teamFiles: 1_000,
    teamBytes: 1_048_576,
  },
  rules: "git",
  instance: null,
  simulator: null,
  ownRoles: null,
  lookupEvents: false,
};
const loader = new IamActionData();
const actionData = await loader.load(["dynamodb", "logs", "s3", "sns", "sqs", "ssm"]);
const CLOCK = { clock: new FakeClock(COMPILE_CONTEXT.nowMs) };

/** Its statements and callers break rules, also because of the boundary, the team and other functions. */
const RISKY: Files = {
  ...WORLD,
  "platform/boundary.yaml": (PLATFORM_FILES["platform/boundary.yaml"] ?? "").replace(
    '"logs:*"',
    '"logs:*", "s3:*", "sqs:*"',
  ),
  "teams/orders/risky.yaml": functionText(
    "risky",
    `  managedPolicies: [own]
  invokedBy: [{sns: {topic: in}}, {account: {id: "444444444444"}}]
  statements:
    - {reason: x, statement: {Effect: Allow, Action: "s3:*", Resource: "*"}}
    - {reason: x, statement: {Effect: Allow, Action: "dynamodb:GetItem", Resource: "arn:aws:dynamodb:eu-west-1:222222222222:table/orders-prd"}}
    - {reason: x, statement: {Effect: Deny, Action: "sqs:SendMessage", Resource: "*"}}
`,
  ),
};

function projectAt(files: Files, known: Partial<ProjectSettings> = {}): Project {
  const entries = Object.entries(files).filter(([, text]) => text !== "");
  const snapshot = {
    source: "main",
    revision: `main@sha1:${sha256Hex(JSON.stringify(entries)).slice(0, 40)}` as Revision,
    files: entries.map(([path, text]) => ({
      path,
      oid: sha256Hex(text),
      bytes: new TextEncoder().encode(text),
    })),
    refused: [],
    uncommitted: false,
  };
  return projectOf({ snapshot, skipped: [] }, { ...SETTINGS, ...known }, CLOCK);
}

function compared(from: Project, to: Project, facts: OfflineFacts): unknown {
  const findings = findingsOffline(to.compilation, facts);
  const plan = planOffline(from, to, { findings, shipped: null, facts });
  const { functions: _, ...compilation } = to.compilation;
  return { before: findingsOffline(from.compilation, facts), findings, plan, compilation };
}

const apart = (before: Files, after: Files): unknown => {
  const from = projectAt(before);
  const { profiles: knownProfiles, windows: knownWindows } = from.compilation;
  const facts = { actionData, shipped: null, nowMs: COMPILE_CONTEXT.nowMs, authors: new Map() };
  return compared(from, projectAt(after, { knownProfiles, knownWindows }), facts);
};

async function together(before: Files, after: Files): Promise<unknown> {
  const from = projectAt(before);
  const { profiles: knownProfiles, windows: knownWindows, functions: knownFunctions } = from.compilation;
  const known = { knownProfiles, knownWindows, knownFunctions, knownFiles: from.parsed };
  const to = projectAt(after, known);
  const toolbox = { ...CLOCK, actionData: async () => loader, shippedPolicies: readShippedPolicies };
  return compared(from, to, { ...(await offlineFacts(to.compilation, toolbox)), actionData });
}

test("the revisions that are compared start from one without errors, whose riskiest function has a policy attached", () => {
  const { diagnostics, desired } = projectAt(RISKY).compilation;
  const risky = [...desired.bindings.values()].find(({ functionName }) => functionName === "risky");

  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(risky?.role.attachments).toHaveLength(1);
});

test(
  "a review from a known base is that of two separate revisions",
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { maxLength: 3 }), fc.array(edit, { maxLength: 4 }), async (a, b) => {
        const [before, after] = [a, [...a, ...b]].map((edits) => ({
          ...RISKY,
          ...Object.fromEntries(edits.map(({ file }) => file)),
        })) as [Files, Files];

        expect(await together(before, after)).toStrictEqual(apart(before, after));
      }),
      { numRuns: Math.ceil(FC_RUNS / 8) },
    );
  },
  LAW_TIMEOUT_MS,
);

test.each([
  ["an attached policy", "teams/orders/own.yaml", "acme-a", "acme-b"],
  ["the boundary", "platform/boundary.yaml", "Allow", "Deny"],
  ["the waived rules", "platform/w.yaml", "", "kind: Waiver\n"],
  ["a resource with a similar name", "teams/orders/a.yaml", "account.vars.ordersTable", "account.name"],
])("a review from a known base is the same if %s changes", async (_, path, from, to) => {
  const text = RISKY[path] ?? PLATFORM_FILES[path] ?? "";
  const after = { ...RISKY, [path]: text === "" ? to : text.replaceAll(from, to) };

  expect(after[path]).not.toBe(text);
  expect(await together(RISKY, after)).toStrictEqual(apart(RISKY, after));
});
