import { describe, expect, test } from "@jest/globals";
import { accountText, compileTexts, functionText } from "../../../support/manifests.ts";
import { FILE, MANAGED } from "./compilation.ts";

const POLICIES = {
  "teams/orders/p.yaml": MANAGED,
  "teams/search/p.yaml": MANAGED,
  "platform/p.yaml": MANAGED.replace("audit-read", "shared"),
};
const OWN = ["orders/audit-read"];
const USABLE = ["orders/audit-read", "platform/platform-default", "platform/shared"];
const ALL = [...USABLE, "search/audit-read"];
const USES = "  managedPolicies: [audit-read]\n";

const unresolved = (files: Readonly<Record<string, string>>): readonly string[] => [
  ...compileTexts({ ...POLICIES, ...files }).unresolvedPolicies.keys(),
];

describe("policies that something may attach which can't be resolved", () => {
  test.each([
    {
      because: "a function in an unknown account attaches the policies that it names",
      files: { [FILE]: functionText("a", USES).replace("[prod]", "[prd]") },
      policies: OWN,
    },
    {
      because: "a function without policies in an unknown account attaches none",
      files: { [FILE]: functionText("a").replace("[prod]", "[prd]") },
      policies: [],
    },
    {
      because: "an unknown name may be any policy that the team may use",
      files: { [FILE]: functionText("a", USES).replace("audit-read", "audit-raed") },
      policies: USABLE,
    },
    {
      because: "an ARN is not a name",
      files: {
        [FILE]: functionText(
          "a",
          '  managedPolicies: ["arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"]\n',
        ),
      },
      policies: [],
    },
    {
      because: "a document with an error in its fields may attach what it does not show",
      files: { [FILE]: functionText("a", USES.replace("managedPolicies", "managedPolicys")) },
      policies: USABLE,
    },
    {
      because: "a document without a kind may be a function",
      files: { [FILE]: functionText("a", USES).replace("kind: FunctionPermission", "kind: Function") },
      policies: USABLE,
    },
    {
      because: "a document of another kind attaches nothing",
      files: {
        [FILE]: functionText("a", USES),
        "teams/orders/q.yaml": MANAGED.replace("audit-read", "q").replace("bucket", "buckt"),
      },
      policies: [],
    },
    {
      because: "a file that can't be read may hold functions of its team",
      files: { [FILE]: `[\n${functionText("a", USES)}` },
      policies: USABLE,
    },
    {
      because: "a file outside the folders of the teams may belong to any",
      files: { "teams/a.yaml": functionText("a", USES) },
      policies: ALL,
    },
    {
      because: "an account with an error may mean other boundaries than it names",
      files: {
        "platform/accounts.yaml": accountText("prod", "222222222222").replace("-default", "-defualt"),
      },
      policies: ["platform/platform-default", "platform/shared"],
    },
    {
      because: "every reference is resolved",
      files: { [FILE]: functionText("a", USES) },
      policies: [],
    },
  ])("$because", ({ files, policies }) => {
    expect(unresolved(files)).toEqual(policies);
  });

  test("name the place to correct", () => {
    const files = { ...POLICIES, [FILE]: functionText("a", USES).replace("[prod]", "[prd]") };

    expect(compileTexts(files).unresolvedPolicies.get("orders/audit-read")).toMatchObject({
      message: expect.stringContaining(`${FILE}:1:1 can't be resolved and may attach it`),
      fix: `correct ${FILE}:1:1`,
    });
  });
});
