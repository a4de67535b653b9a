import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cli } from "../../support/screens/cli.ts";
import { functionText, PLATFORM_FILES } from "../../support/manifests.ts";
import { profileText } from "../../support/profiles.ts";
import { API, commitBase, grants, writeManifests } from "../../support/screens/plan-command.ts";
import { mergeOf, preapproving, PROFILE } from "../../support/screens/plan-merge.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-merge-"));
});

afterEach(() => rm(root, { recursive: true }));

const ACCOUNTS = "platform/accounts.yaml";

const until = (day: string) =>
  `  statements: [{reason: x, until: "${day}T00:00:00Z", statement: {Effect: Allow, Action: "dynamodb:Scan", Resource: "arn:aws:dynamodb:eu-west-1:222222222222:table/orders"}}]\n`;

describe("plan -o json", () => {
  test.each([
    {
      before: { [API]: grants(["orders", "carts"]) },
      after: { [API]: grants(["orders"]) },
      codes: [],
      because: "a permission that is only removed grants nothing new",
    },
    {
      before: { [API]: grants(["orders"]) },
      after: { [API]: `# moved\n${grants(["orders"])}` },
      codes: [],
      because: "the same permissions at another line are no change",
    },
    {
      before: { [API]: grants(["orders"]) },
      after: { [API]: grants(["orders", "carts"]) },
      codes: ["new-access"],
      because: "a further table is new access",
    },
    {
      before: { [API]: grants(["orders"]) },
      after: { [API]: grants(["orders"]), "teams/orders/jobs.yaml": functionText("jobs", "  logs: false\n") },
      codes: ["new"],
      because: "a function without any permission claims a name",
    },
    {
      before: { [API]: grants(["orders"], until("2027-01-01")) },
      after: { [API]: grants(["orders"], until("2028-01-01")) },
      codes: ["new-access"],
      because: "a later end is new access",
    },
    {
      before: { [API]: grants(["orders"]) },
      after: { [API]: grants(["orders"], "  invokedBy: [{sns: {topic: news}}]\n") },
      codes: ["new-access"],
      because: "a caller is new access",
    },
    {
      before: { [API]: grants(["orders"]), ...preapproving("{dynamodb: [read]}") },
      after: { [API]: grants(["orders", "carts"]) },
      codes: [],
      because: "the profile lists the grant as preapproved, and the table is the team's",
    },
    {
      before: { [API]: grants(["orders"]), ...preapproving("{dynamodb: [write]}") },
      after: { [API]: grants(["orders", "carts"]) },
      codes: ["held", "new-access"],
      because: "the profile lists another verb",
    },
    {
      before: { [API]: grants(["orders"]), ...preapproving("{dynamodb: [read]}") },
      after: { [API]: grants(["orders", "carts"], "  invokedBy: [{sns: {topic: news}}]\n") },
      codes: ["held", "new-access"],
      because: "a caller is never preapproved",
    },
    {
      before: {
        [API]: grants(["orders"]),
        ...preapproving("{dynamodb: [read]}"),
        "platform/agents.yaml": profileText("assistants", "{base: agents}"),
      },
      after: { [API]: grants(["orders", "carts"]) },
      codes: ["held", "new-access"],
      because: "what is not committed has an unknown author, and the profile for assistants lists nothing",
    },
    {
      before: { [API]: grants(["orders"]) },
      after: { [API]: grants(["orders"], "  role: {description: Other}\n") },
      codes: ["settings"],
      because: "settings are no permissions, and nothing is proved of them",
    },
    {
      before: { [API]: grants(["orders"]).replace("metadata: {", 'metadata: {labels: {tier: "1"}, ') },
      after: { [API]: grants(["orders"]) },
      codes: ["settings"],
      because: "a label decides which profiles apply",
    },
    {
      before: { [API]: grants(["orders"]) },
      after: { [API]: grants(["orders"]), [PROFILE]: profileText("p", "{rules: {RES-001: off}}") },
      codes: ["platform"],
      because: "a profile decides what other changes may do",
    },
    {
      before: { [API]: grants(["orders"]) },
      after: {
        [API]: grants(["orders"]),
        [ACCOUNTS]: String(PLATFORM_FILES[ACCOUNTS]).replace("[cost-center]", "[cost-center, team]"),
      },
      codes: ["platform"],
      because: "an account's fields decide it too",
    },
    {
      before: { [API]: grants(["orders"]) },
      after: { [API]: grants(["orders"]).replace("allow: [read]", "allow: [raed]") },
      codes: ["invalid", "not-read"],
      because: "a broken document cannot be compared",
    },
  ])("is mergeable or not: $because", async ({ before, after, codes }) => {
    const { autoMergeable, whyNot } = await mergeOf(root, before, after);

    expect(whyNot.map(({ code }) => code)).toEqual(codes);
    expect(autoMergeable).toBe(codes.length === 0);
  });

  const wanted = (group: string, more = "") =>
    profileText(group, `{approval: {for: new-access, group: ${group}}${more}}`);

  test.each([
    {
      profiles: { [PROFILE]: wanted("security") },
      reason: "grants new access, which needs an approval of group security",
      because: "a profile names a group",
    },
    {
      profiles: { [PROFILE]: wanted("security"), "platform/audit.yaml": wanted("audit") },
      reason: "grants new access, which needs an approval of group audit and an approval of group security",
      because: "each of two groups must approve",
    },
    {
      profiles: { [PROFILE]: wanted("security", ", selector: {namespaces: [search]}") },
      reason: null,
      because: "the profile is for others",
    },
    {
      profiles: {
        [PROFILE]: wanted("security"),
        [ACCOUNTS]: String(PLATFORM_FILES[ACCOUNTS]).replace("mode: enforce", "mode: observe"),
      },
      reason: null,
      because: "the account only observes",
    },
  ])(
    "and its text announce the approval that new access will need: $because",
    async ({ profiles, reason }) => {
      const { whyNot } = await mergeOf(root, profiles, { [API]: grants(["orders", "carts"]) });
      const { code, out } = await cli(["plan", root, "--base", "main"]);

      const held = whyNot.filter((one) => one.code === "held").map((one) => one.reason);
      expect(held).toEqual(reason === null ? [] : [`prod/eu-west-1: ${reason}`]);
      const line = `will await approval: ${reason ?? ""}`;
      expect(out.replace(/\n +/g, " ").includes(line)).toBe(reason !== null);
      expect(code).toBe(0);
    },
  );

  test("also for a policy, by the profile of a function that attaches it", async () => {
    const policy = (action: string) => `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: shared}
spec: {statements: [{reason: x, statement: {Effect: Allow, Action: "${action}", Resource: "arn:aws:dynamodb:eu-west-1:222222222222:table/orders"}}]}
`;
    const uses = functionText("api", "  logs: false\n  managedPolicies: [platform/shared]\n");
    const before = {
      [API]: uses,
      "platform/shared.yaml": policy("dynamodb:GetItem"),
      [PROFILE]: wanted("security", ", selector: {namespaces: [orders]}"),
    };

    const { whyNot } = await mergeOf(root, before, { "platform/shared.yaml": policy("dynamodb:PutItem") });

    expect(whyNot).toContainEqual({ code: "held", reason: expect.stringContaining("group security") });
  });

  test("has an entry for each rule that refuses, with the reason of each", async () => {
    const statement = (action: string) =>
      `    - {reason: x, statement: {Effect: Allow, Action: "${action}", Resource: "arn:aws:dynamodb:eu-west-1:222222222222:table/orders"}}\n`;
    const both = `  statements:\n${statement("dynamodb:Get*")}${statement("dynamodb:Batch*")}`;
    const refusing = profileText("p", "{rules: {ACT-002: block}}");
    const { whyNot } = await mergeOf(
      root,
      { [API]: grants(["orders"]), [PROFILE]: refusing },
      { [API]: grants(["orders"], both) },
    );

    const refused = whyNot.filter(({ code }) => code === "refused").map(({ reason }) => reason);
    expect(refused).toEqual([expect.stringContaining("Get*"), expect.stringContaining("Batch*")]);
  });

  test("has the verdict of each function, and names it in the total", async () => {
    const { changes, whyNot } = await mergeOf(
      root,
      { [API]: grants(["orders"]) },
      { [API]: grants(["orders", "carts"]) },
    );

    expect(changes).toMatchObject([{ autoMergeable: false, whyNot: [{ code: "new-access" }] }]);
    expect(whyNot[0]?.reason).toMatch(/^prod\/eu-west-1: allows \d+ permissions? more$/);
  });
});

describe("the reasons that an author gives", () => {
  const statement = (reason: string, action: string) =>
    `    - {reason: "${reason}", statement: {Effect: Allow, Action: "dynamodb:${action}", Resource: "arn:aws:dynamodb:eu-west-1:222222222222:table/orders"}}\n`;
  const notesOf = async (before: string, after: string): Promise<readonly string[]> => {
    await commitBase(root, { [API]: grants(["orders"], before) });
    await writeManifests(root, { [API]: grants(["orders"], after) });
    const { out } = await cli(["plan", root, "--base", "main"]);
    return out
      .split("\n")
      .filter((line) => line.includes("note: ") && line.includes("reason"))
      .map((line) => line.trim());
  };
  const OLD = `  statements:\n${statement("ORD-1", "Scan")}`;
  const CALLER = '  invokedBy: [{sns: {topic: news}, reason: "ORD-3"}]\n';

  test.each([
    { before: OLD, after: OLD, notes: [], because: "nothing is new" },
    {
      before: OLD,
      after: `${OLD}${statement("ORD-2", "PutItem")}`,
      notes: ["note:  reason (line 11): ORD-2"],
      because: "a new statement, and not what was there before",
    },
    { before: "", after: CALLER, notes: ["note:  reason (line 9): ORD-3"], because: "a new caller" },
    {
      before: "",
      after: `  statements:\n${[
        "Scan",
        "DescribeTimeToLive",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "BatchWriteItem",
        "PartiQLSelect",
      ]
        .map((action, at) => statement(`ORD-${at}`, action))
        .join("")}`,
      notes: [
        ...[0, 1, 2, 3, 4].map((at) => `note:  reason (line ${at + 10}): ORD-${at}`),
        "note:  and 2 more reasons",
      ],
      because: "of many the first ones",
    },
  ])("are in the plan: $because", async ({ before, after, notes }) => {
    expect(await notesOf(before, after)).toEqual(notes);
  });
});
