import { expect, test } from "@jest/globals";
import type { Probe } from "../../../src/model/answers/probe.ts";
import { ownRoleChecks, type OwnRoleInputs } from "../../../src/workbench/doctor/own-role-checks.ts";
import type { Toolbox } from "../../../src/cli/toolbox/toolbox.ts";
import { compileTexts } from "../../support/manifests.ts";
import { checked } from "../../support/record/audit-facts.ts";

test("doctor reads no role without the observer, and does not repeat why it could not be assumed", async () => {
  const account = checked([...compileTexts({}).desired.accounts.values()][0]);
  const refused: Probe = {
    identity: "observer",
    region: null,
    what: "sts:AssumeRole arn:aws:iam::111122223333:role/observer",
    outcome: "failed",
    detail: "AccessDenied: a long text",
  };
  const inputs = { calls: [refused] } as unknown as OwnRoleInputs & { readonly calls: readonly Probe[] };

  expect(await ownRoleChecks(account, inputs, {} as Toolbox)).toEqual([
    {
      identity: "all",
      region: null,
      what: "its roles",
      outcome: "not-checked",
      detail: "needs the observer (failed above)",
    },
  ]);
});
