import { describe, expect, test } from "@jest/globals";
import { known, type Estate } from "../../../../src/adopt/estate/estate.ts";
import type { ImportPlan } from "../../../../src/adopt/manifests/plan-import.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import type { LivePolicy } from "../../../../src/model/live.ts";
import { estate, estateFunction, estateIam, estateRole } from "../../../support/adopt/estate.ts";
import { ESTATE_ACCOUNT_TEXT, fileOf, importPlan, outcomeOf } from "../../../support/adopt/import.ts";
import { policyText } from "../../../support/adopt/policies.ts";

const ARN = "arn:aws:iam::111122223333:policy/Shared" as Arn;

/** The roles of both functions attach the policy. */
function sharing(functions: readonly string[], action = "sns:Publish"): Estate {
  const text = policyText([{ Effect: "Allow", Action: action, Resource: "*" }]);
  const value: LivePolicy = {
    name: "Shared",
    path: "/",
    arn: ARN,
    policyId: "ANPASHARED",
    defaultVersionId: "v1",
    versions: [{ id: "v1", text, createdAtMs: 0 }],
    description: "",
    attachmentCount: 2,
    boundaryUsageCount: 0,
    tags: { kind: "present", value: [] },
  };
  const roles = ["a-role", "b-role"].map((name) => estateRole(name, { attachments: [ARN] }));
  return estate({
    functions: functions.map((name) => estateFunction(name)),
    iam: known(estateIam(roles, { policies: new Map([[ARN, { kind: "present", value }]]) })),
  });
}

function again(live: Estate, { files }: Pick<ImportPlan, "files">): ImportPlan {
  const before = Object.fromEntries(files.map(({ path, text }) => [path, text]));
  return importPlan(live, { files: { "platform/accounts.yaml": ESTATE_ACCOUNT_TEXT, ...before } });
}

describe("a policy that several roles attach, in a later import", () => {
  const first = importPlan(sharing(["a"]));

  test("is the ManagedPolicy of the first import", () => {
    const second = again(sharing(["a", "b"]), first);

    expect(first.files.map(({ path }) => path)).toEqual([
      "platform/policies/shared.yaml",
      "teams/orders/a.yaml",
    ]);
    expect(second.files.map(({ path }) => path)).toEqual(["teams/orders/b.yaml"]);
    expect(fileOf(second, "b")).toContain("platform/shared");
    expect(outcomeOf(second, "b")).toMatchObject({ kind: "written", difference: null });
  });

  test("is one of its own if it has changed since", () => {
    const second = again(sharing(["b"], "sqs:PurgeQueue"), first);

    expect(second.files.map(({ path }) => path)).toEqual([
      expect.stringMatching(/^platform\/policies\/shared-[0-9a-f]{8}\.yaml$/),
      "teams/orders/b.yaml",
    ]);
    expect(outcomeOf(second, "b")).toMatchObject({ kind: "written", difference: null });
  });

  test.each([
    { because: "a boundary", from: "spec:", to: "spec:\n  use: boundary" },
    { because: "not valid", from: "spec:", to: "spec:\n  unknown: 1" },
  ])("is one of its own if the policy with its name is $because", ({ from, to }) => {
    const changed = first.files.map((file) => ({ ...file, text: file.text.replace(from, to) }));
    const policy = changed.filter(({ path }) => path.startsWith("platform/"));

    const second = again(sharing(["b"]), { files: policy });

    expect(outcomeOf(second, "b")).toMatchObject({ kind: "written", difference: null });
    expect(second.files[0]?.path).toMatch(/shared-[0-9a-f]{8}\.yaml$/);
  });
});
