import { describe, expect, test } from "@jest/globals";
import { ESCALATION_RULES } from "../../../src/iam/risk/escalation-paths.ts";
import { GUARD_RULES } from "../../../src/model/rules/guard-rules.ts";
import { cli } from "../../support/screens/cli.ts";

describe("rules show", () => {
  test("explains a rule: effect, reason, fix, both sides of an example, sources", async () => {
    const { code, out } = await cli(["rules", "show", "res-003"], { terminal: { columns: 80 } });

    expect(code).toBe(0);
    expect(out).toBe(`RES-003: NotResource with Allow

Refused: nothing of the function is applied. A Waiver can lift it for one
function. It allows every resource that it does not name.

hint:  list the resources under Resource

Refused, fields of a FunctionPermission's spec
  statements:
    - reason: all but the archive
      statement: { Effect: Allow, Action: "s3:GetObject", NotResource: "arn:aws:s3:::archive/*" }

Accepted
  statements:
    - reason: "ORD-77"
      statement: { Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::uploads/*" }

Sources
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html
`);
  });

  test.each([
    { id: "SHR-001", has: "Needs live state: validate and plan --base skip it.", because: "it needs AWS" },
    { id: "TRU-002", has: "No Waiver lifts it.", because: "no waiver lifts it" },
    { id: "ACT-004", has: "A warning, fields of", because: "it is a warning" },
    { id: "BND-002", has: "Given, below platform/\n  apiVersion", because: "it needs other documents" },
    { id: "TMP-001", has: "\n  cloudtrail: StopLogging, DeleteTrail,", because: "it judges a list" },
    {
      id: "TMP-001",
      has: "\nActions, only on resources that may be of others\n  amplify: DeleteApp\n",
      because: "a part of its list is usual on one's own resources",
    },
    {
      id: "ESC-PassRole",
      has: "iam:PassRole and lambda:CreateFunction and",
      because: "it is one of a family",
    },
  ])("shows of $id that $because", async ({ id, has }) => {
    const { out } = await cli(["rules", "show", id]);

    expect(out).toContain(has);
  });

  test.each([...GUARD_RULES, "ESC-*", ...ESCALATION_RULES])("knows %s", async (id) => {
    const { code, out } = await cli(["rules", "show", id, "-o", "json"]);

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ id });
  });

  test("without an id lists every rule with its severity", async () => {
    const { out } = await cli(["rules", "show"]);

    expect(out).toMatch(/^RULE {6}SEVERITY {2}TITLE\nACT-001 {3}refused {3}An entire service\n/);
    expect(out).toMatch(/\nRES-001 +refused +\* where a resource could be named\n/);
    expect(out.trimEnd().split("\n")).toHaveLength(GUARD_RULES.length + 2);
  });

  test.each([
    { id: "RES-01", hint: 'did you mean "RES-001"?', because: "a near name is suggested" },
    { id: "quota", hint: "list the rules with: grantkeeper rules show", because: "otherwise the list" },
  ])("refuses an unknown id: $because", async ({ id, hint }) => {
    expect(await cli(["rules", "show", id])).toEqual({
      code: 1,
      out: "",
      err: `error: no rule has the id "${id}"\nhint:  ${hint}\n`,
    });
  });
});
