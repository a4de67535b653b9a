import { describe, expect, test } from "@jest/globals";
import { judgeDesired } from "../../../src/guard/judge-desired.ts";
import { unknownAuthors, type Authors } from "../../../src/model/authors.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { functionText, NOW_MS } from "../../support/manifests.ts";
import { profileText } from "../../support/profiles.ts";
import { ACCOUNT, contextOf, judged, policyText, verdicts, waiverText, world, type World } from "./judged.ts";

const FILE = "teams/orders/orders-api.yaml";
const DAY_MS = 86_400_000;

/** `ACT-002 warn` by default. */
const PARTLY =
  '  statements: [{reason: t, statement: {Effect: Allow, Action: "dynamodb:Get*", Resource: "arn:aws:dynamodb:eu-west-1:222222222222:table/orders"}}]\n';
/** `RES-001 block` by default. */
const OPEN =
  '  statements: [{reason: t, statement: {Effect: Allow, Action: "dynamodb:GetItem", Resource: "*"}}]\n';
/** `ESC-PutRolePolicy block` by default. */
const ESCALATES =
  '  statements: [{reason: t, statement: {Effect: Allow, Action: "iam:PutRolePolicy", Resource: "*"}}]\n';

function withProfiles(spec: string, ...profiles: readonly string[]): World {
  const files = profiles.map((text, at) => [`platform/p${at}.yaml`, profileText(`p${at}`, text)] as const);
  return world(spec, Object.fromEntries(files));
}

describe("the severity of a rule", () => {
  test.each([
    { profiles: [], severity: "warn", because: "without a profile the rule has its default" },
    { profiles: ["{rules: {ACT-002: block}}"], severity: "block", because: "a profile can refuse more" },
    { profiles: ["{base: strict}"], severity: "block", because: "strict refuses what is doubtful" },
    { profiles: ["{base: baseline}"], severity: "warn", because: "baseline is the defaults" },
    { profiles: ["{rules: {ACT-002: off}}"], severity: "off", because: "a profile can switch a rule off" },
    {
      profiles: ["{rules: {ACT-002: off}}", "{rules: {ACT-002: block}}"],
      severity: "block",
      because: "of several profiles the strictest counts",
    },
    {
      profiles: ["{rules: {ACT-002: off}}", "{rules: {RES-001: block}}"],
      severity: "off",
      because: "a profile that does not name the rule does not change it",
    },
    {
      profiles: ["{base: strict}", "{rules: {ACT-002: off}}"],
      severity: "block",
      because: "strict names every rule, so that no other profile makes one laxer",
    },
    {
      profiles: ["{rules: {ACT-002: off}}", "{unwaivable: [ACT-002]}"],
      severity: "warn",
      because: "a rule that is unwaivable has at least its default",
    },
    {
      profiles: ["{selector: {namespaces: [search]}, rules: {ACT-002: block}}"],
      severity: "warn",
      because: "a profile of another namespace does not apply",
    },
  ])("$because", ({ profiles, severity }) => {
    const expected = severity === "off" ? [] : [`ACT-002 ${severity}`];

    for (const order of [profiles, profiles.toReversed()])
      expect(verdicts(judged(withProfiles(PARTLY, ...order)))).toEqual(expected);
  });

  test.each([
    { rules: "{ESC-*: off}", found: [], because: "the family stands for its members" },
    { rules: "{ESC-PutRolePolicy: off}", found: [], because: "a member can be named alone" },
    {
      rules: "{ESC-*: off, ESC-PutRolePolicy: block}",
      found: ["ESC-PutRolePolicy block"],
      because: "a member counts before its family",
    },
  ])("of escalation paths: $because", ({ rules, found }) => {
    const findings = verdicts(judged(withProfiles(ESCALATES, `{rules: ${rules}}`)));

    expect(findings.filter((text) => text.startsWith("ESC-"))).toEqual(found);
  });
});

describe("a selector", () => {
  const PROFILE = '{selector: {accounts: [prod], labels: {tier: "1"}}, rules: {ACT-002: block}}';
  const labelled = (labels: string) =>
    functionText("orders-api", PARTLY).replace("}\n", `, labels: ${labels}}\n`);

  test.each([
    { labels: '{tier: "1", team: x}', found: "block", because: "all fields match" },
    { labels: '{tier: "2"}', found: "warn", because: "the label has another value" },
    { labels: '{Tier: "1"}', found: "warn", because: "names of labels are case-sensitive" },
    { labels: "{}", found: "warn", because: "the label is missing" },
  ])("applies or not: $because", ({ labels, found }) => {
    const labelledWorld = world("", {
      [FILE]: labelled(labels),
      "platform/p.yaml": profileText("p", PROFILE),
    });

    expect(verdicts(judged(labelledWorld))).toEqual([`ACT-002 ${found}`]);
  });
});

describe("a ManagedPolicy", () => {
  const POLICY_KEY = `policy/${ACCOUNT}/orders/audit` as Key;
  const DOCUMENT =
    '{Version: "2012-10-17", Statement: [{Effect: Allow, Action: "dynamodb:Get*", Resource: "arn:aws:dynamodb:eu-west-1:222222222222:table/orders"}]}';
  const policyVerdicts = (profile: string) => {
    const found = world("", {
      [FILE]: functionText("orders-api", "  managedPolicies: [audit]\n").replace(
        "}\n",
        ', labels: {tier: "1"}}\n',
      ),
      "teams/orders/audit.yaml": policyText("audit", DOCUMENT),
      "platform/p.yaml": profileText("p", profile),
    });
    const policy = found.desired.policies.get(POLICY_KEY);
    return policy === undefined ? null : verdicts(judgeDesired(policy, contextOf(found)));
  };

  test("is judged by the profiles of the functions that attach it: no document escapes a selector", () => {
    expect(policyVerdicts('{selector: {labels: {tier: "1"}}, rules: {ACT-002: block}}')).toEqual([
      "ACT-002 block",
    ]);
  });

  test("is not relaxed by a profile of one function alone", () => {
    expect(policyVerdicts('{selector: {labels: {tier: "1"}}, rules: {ACT-002: off}}')).toEqual([
      "ACT-002 warn",
    ]);
  });

  test("is relaxed by a profile that applies to it and to its functions", () => {
    expect(policyVerdicts("{rules: {ACT-002: off}}")).toEqual([]);
  });
});

test("a waiver lifts no rule that a profile makes unwaivable", () => {
  const waived = world(OPEN, { "platform/w.yaml": waiverText("w", "RES-001", "2027-01-01T00:00:00Z") });
  const strict = withProfiles(OPEN, "{unwaivable: [RES-001]}");
  const desired = { ...waived.desired, profiles: strict.desired.profiles };

  expect(judged(waived)).toMatchObject([{ rule: "RES-001", waiver: { kind: "lifted" } }]);
  expect(judged({ ...waived, desired })).toMatchObject([{ rule: "RES-001", waiver: { kind: "none" } }]);
});

describe("a profile for assistants", () => {
  const CLAUDE: Authors = {
    people: [],
    assistants: [{ assistant: "Claude", commit: "1a2b3c4d" }],
    unknown: null,
  };
  const PERSON: Authors = { people: ["dana@example.com"], assistants: [], unknown: null };
  const found = (world: World, authors: Authors | null) =>
    verdicts(judged(world, { authors: new Map(authors === null ? [] : [[world.binding.key, authors]]) }));

  test.each([
    { authors: CLAUDE, expected: ["ACT-002 block", "AI-001 warn"], because: "an assistant made the change" },
    {
      authors: unknownAuthors("a force-push"),
      expected: ["ACT-002 block", "AI-001 warn"],
      because: "the author is unknown",
    },
    { authors: PERSON, expected: ["ACT-002 warn"], because: "people made it" },
    { authors: null, expected: ["ACT-002 warn"], because: "nothing is open" },
  ])("applies or not: $because", ({ authors, expected }) => {
    const profiles = [
      "{base: agents, rules: {ACT-002: block}}",
      "{selector: {namespaces: [search]}, agent: true}",
    ];

    for (const order of [profiles, profiles.toReversed()])
      expect(found(withProfiles(PARTLY, ...order), authors)).toEqual(expected);
  });

  test("does not make strict refuse everything that an assistant changes", () => {
    expect(found(withProfiles("  tracing: true\n", "{base: strict}", "{base: agents}"), CLAUDE)).toEqual([
      "AI-001 warn",
    ]);
  });

  test("names the assistant, its commit and the profile", () => {
    const world = withProfiles("  tracing: true\n", "{base: agents}");

    expect(judged(world, { authors: new Map([[world.binding.key, CLAUDE]]) })).toMatchObject([
      {
        why: "made by Claude in commit 1a2b3c4d: GuardrailProfile p0 (platform/p0.yaml:1:1) applies",
        origin: { file: FILE },
      },
    ]);
  });

  test("judges a policy that an assistant changed also for the functions that attach it", () => {
    const attached = world("", {
      [FILE]: functionText("orders-api", "  managedPolicies: [audit]\n").replace(
        "}\n",
        ', labels: {tier: "1"}}\n',
      ),
      "teams/orders/audit.yaml": policyText(
        "audit",
        '{Version: "2012-10-17", Statement: [{Effect: Allow, Action: "dynamodb:Get*", Resource: "arn:aws:dynamodb:eu-west-1:222222222222:table/orders"}]}',
      ),
      "platform/p.yaml": profileText(
        "p",
        '{selector: {labels: {tier: "1"}}, agent: true, rules: {ACT-002: block}}',
      ),
    });
    const [policy] = attached.desired.policies.values();
    if (policy === undefined) throw new Error("there is no policy");
    const of = (key: Key) =>
      verdicts(judgeDesired(policy, contextOf(attached, { authors: new Map([[key, CLAUDE]]) })));

    expect(of(`policy/${ACCOUNT}/orders/audit` as Key)).toEqual(["ACT-002 block"]);
    expect(of(attached.binding.key)).toEqual(["ACT-002 warn"]);
  });
});

describe("EXP-100 with a maximum", () => {
  const until = (days: number, hours = 0) =>
    new Date(NOW_MS + days * DAY_MS + hours * 3_600_000).toISOString();
  const spec = (end: string) =>
    `  grants: [{dynamodb: {table: orders, allow: [read]}, until: "${end.replace(".000Z", "Z")}"}]\n`;

  test.each([
    { end: until(30), found: [], because: "the maximum itself is allowed" },
    { end: until(30, 1), found: ["EXP-100 block"], because: "an hour later is not" },
    { end: until(-1), found: ["EXP-100 warn"], because: "access that has ended stays a warning" },
  ])("$because", ({ end, found }) => {
    expect(verdicts(judged(withProfiles(spec(end), "{maxUntil: 30d}", "{maxUntil: 60d}")))).toEqual(
      expect.arrayContaining(found),
    );
    expect(judged(withProfiles(spec(end), "{maxUntil: 30d}")).every(({ rule }) => rule === "EXP-100")).toBe(
      true,
    );
  });

  test("names the profile, and the latest end that is allowed", () => {
    const [finding] = judged(withProfiles(spec(until(40)), "{maxUntil: 30d}"));

    expect(finding).toMatchObject({
      why: "the access ends at 2027-01-04T12:00:00Z, and GuardrailProfile p0 allows at most 30d from now",
      fix: "write until: 2026-12-25T00:00:00Z, or earlier",
      origin: { file: FILE },
    });
  });

  test("proposes an end that has not passed if the maximum is shorter than a day", () => {
    const [finding] = judged(withProfiles(spec(until(40)), "{maxUntil: 2h}"));

    expect(finding?.fix).toBe("write until: 2026-11-25T14:00:00Z, or earlier");
  });
});

describe("OWN-001", () => {
  const annotated = (annotations: string) =>
    world("", {
      [FILE]: functionText("orders-api").replace("}\n", `, annotations: ${annotations}}\n`),
      "platform/p.yaml": profileText("p", "{requiredAnnotations: [ticket, owner]}"),
    });

  test.each([
    { annotations: "{owner: dana, ticket: ORD-1}", missing: [], because: "all are there" },
    { annotations: "{owner: dana}", missing: ["ticket"], because: "one is missing" },
    {
      annotations: '{owner: " ", ticket: ""}',
      missing: ["owner", "ticket"],
      because: "an empty value is none",
    },
    { annotations: "{Owner: dana, ticket: ORD-1}", missing: ["owner"], because: "names are case-sensitive" },
  ])("names what is missing: $because", ({ annotations, missing }) => {
    expect(judged(annotated(annotations)).map(({ rule, evidence }) => [rule, evidence])).toEqual(
      missing.map((annotation) => ["OWN-001", JSON.stringify({ annotation })]),
    );
  });

  test("names the profile that requires it, and the line to write", () => {
    expect(judged(annotated("{owner: dana}"))).toMatchObject([
      {
        why: "GuardrailProfile p (platform/p.yaml:1:1) requires the annotation ticket",
        fix: "add metadata.annotations: { ticket: TEXT }",
      },
    ]);
  });

  test("asks nothing of the platform's own policies", () => {
    const found = withProfiles("", "{requiredAnnotations: [owner]}");
    const boundary = [...found.desired.policies.values()][0];

    const rules = boundary && judgeDesired(boundary, contextOf(found)).map(({ rule }) => rule);
    expect(rules).not.toContain("OWN-001");
  });
});
