import { describe, expect, test } from "@jest/globals";
import { compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";
import { profileText } from "../../../support/profiles.ts";
import { FILE, KEY, MANAGED, waiver } from "./compilation.ts";

const PROFILE = "platform/profile.yaml";

/** One function, `orders/a@prod/eu-west-1`, with the profile. */
function withProfile(spec: string, files: Readonly<Record<string, string>> = {}) {
  return compileTexts({ [FILE]: functionText("a"), [PROFILE]: profileText("p", spec), ...files });
}

describe("a GuardrailProfile", () => {
  test("is a part of the desired state, and changes no function", () => {
    const plain = compileTexts({ [FILE]: functionText("a") });
    const compilation = withProfile(
      "{selector: {namespaces: [orders]}, rules: {ACT-002: block}, unwaivable: [RES-001], maxUntil: 30d, requiredAnnotations: [owner]}",
    );

    expect(diagnosticTexts(compilation)).toEqual([]);
    expect(compilation.desired.bindings).toEqual(plain.desired.bindings);
    expect(compilation.desired.profiles).toMatchObject([
      {
        name: "p",
        selector: { namespaces: ["orders"], accounts: null, labels: {} },
        rules: { "ACT-002": "block" },
        unwaivable: ["RES-001"],
        maxUntilMs: 30 * 86_400_000,
        requiredAnnotations: ["owner"],
      },
    ]);
  });

  test("has of its base and its own fields the stricter, and reports the line without effect", () => {
    const compilation = withProfile("{base: strict, maxUntil: 400d, rules: {ACT-002: warn}}");

    expect(compilation.desired.profiles).toMatchObject([
      { maxUntilMs: 90 * 86_400_000, rules: { "ACT-002": "block", "RES-001": "block" } },
    ]);
    expect(diagnosticTexts(compilation)).toEqual([
      "platform/profile.yaml:4:46 the base strict has block for ACT-002, so that warn has no effect → remove the line, or leave base: strict out",
    ]);
  });

  test("cannot relax a rule that its base makes unwaivable", () => {
    const compilation = withProfile("{base: strict, rules: {ESC-PassRole: off}}");

    expect(compilation.desired.profiles[0]?.rules).not.toHaveProperty("ESC-PassRole");
    expect(diagnosticTexts(compilation)).toEqual([
      "platform/profile.yaml:4:30 the base strict has block for ESC-PassRole, so that off has no effect → remove the line, or leave base: strict out",
    ]);
  });

  test.each([
    { spec: "{base: agents}", group: null, because: "the built-in profile" },
    { spec: "{agent: true}", group: null, because: "the field alone" },
    { spec: "{agent: true, base: strict}", group: null, because: "another base, with its rules" },
    {
      spec: "{base: agents, approval: {for: new-access, group: security}}",
      group: "security",
      because: "an approval of its own",
    },
  ])("for assistants wants an approval of new access: $because", ({ spec, group }) => {
    const compilation = withProfile(spec);

    expect(diagnosticTexts(compilation)).toEqual([]);
    expect(compilation.desired.profiles).toMatchObject([
      { agent: true, newAccessApproval: { group, preapproved: {} } },
    ]);
  });

  test("for assistants does not contradict one for people, and suspends no waiver of theirs", () => {
    const compilation = withProfile("{rules: {ACT-002: off}}", {
      "platform/agents.yaml": profileText(
        "q",
        "{agent: true, rules: {ACT-002: block}, unwaivable: [RES-001]}",
      ),
      "platform/waiver.yaml": waiver("orders/a@prod/eu-west-1"),
    });

    expect(diagnosticTexts(compilation)).toEqual([]);
    expect(compilation.desired.waivers).toHaveLength(1);
  });

  test("is refused in a team's folder, and has no effect there", () => {
    const compilation = compileTexts({
      [FILE]: functionText("a"),
      "teams/orders/profile.yaml": profileText("p", "{rules: {RES-001: off}}"),
    });

    expect(diagnosticTexts(compilation)).toEqual([
      "teams/orders/profile.yaml:2:1 GuardrailProfile is read from platform/ only → move it there",
    ]);
    expect(compilation.desired.profiles).toEqual([]);
    expect(compilation.invalid).toEqual(new Map());
  });

  test.each([
    {
      spec: "{rules: {RES-OO1: block}}",
      problem:
        'platform/profile.yaml:4:16 unknown guard rule "RES-OO1", did you mean RES-001? → write the id of a rule, such as RES-001, or ESC-* for every escalation path',
    },
    {
      spec: "{unwaivable: [RES-*]}",
      problem:
        'platform/profile.yaml:4:21 unknown guard rule "RES-*" → write the id of a rule, such as RES-001, or ESC-* for every escalation path',
    },
    {
      spec: "{rules: {TRU-002: warn}}",
      problem:
        "platform/profile.yaml:4:16 no profile relaxes TRU-002: it always refuses → remove the line, and change what the rule refuses",
    },
    {
      spec: "{rules: {RES-001: off}, unwaivable: [RES-001]}",
      problem:
        "platform/profile.yaml:4:16 RES-001 is off and unwaivable in one profile → remove RES-001 from unwaivable, or write RES-001: block",
    },
    {
      spec: "{selector: {accounts: [prdo]}}",
      problem: 'platform/profile.yaml:4:30 unknown account "prdo", did you mean prod? → valid accounts: prod',
    },
    {
      spec: "{maxUntil: 30}",
      problem:
        "platform/profile.yaml:4:18 spec.maxUntil: 30 is read as a number, not as text → 30 has no unit: write 30h or 30d, from 1h to 3650d",
    },
    {
      spec: "{maxUntil: 2w}",
      problem: 'platform/profile.yaml:4:18 "2w" is not a duration from 1h to 3650d → write 14d',
    },
  ])("with $spec is an error, and what it may apply to is not applied", ({ spec, problem }) => {
    const compilation = withProfile(spec);

    expect(diagnosticTexts(compilation)).toEqual([problem]);
    expect([...compilation.invalid.keys()]).toContain(KEY);
    expect(compilation.desired.profiles).toEqual([]);
  });

  test("with an error leaves alone what its selector does not match", () => {
    const broken = "{selector: {namespaces: [search]}, maxUntil: soon}";

    expect(withProfile(broken).invalid).toEqual(new Map());
  });

  test("with an error affects the policies of a team, and no boundary", () => {
    const compilation = withProfile("{maxUntil: soon}", {
      [FILE]: functionText("a", "  managedPolicies: [audit-read]\n"),
      "teams/orders/policy.yaml": MANAGED,
    });

    expect([...compilation.invalid.keys()]).toEqual([KEY, "policy/222222222222/orders/audit-read"]);
    expect(compilation.invalid.get(KEY)).toMatchObject([
      {
        code: "invalid-profile",
        message: "GuardrailProfile p may apply here, and can't be used: it has problems",
        fix: "see platform/profile.yaml:1:1",
      },
    ]);
  });

  test("that selects nothing is a warning", () => {
    expect(diagnosticTexts(withProfile("{selector: {namespaces: [oders]}}"))).toEqual([
      "platform/profile.yaml:4:8 the selector matches no function and no policy → correct it, or remove the profile",
    ]);
  });
});

describe("the group of an approval", () => {
  const textsWith = (group: string, approverGroups: readonly string[] | undefined) =>
    diagnosticTexts(
      compileTexts(
        {
          [FILE]: functionText("a"),
          [PROFILE]: profileText("p", `{approval: {for: new-access, group: ${group}}}`),
        },
        { approverGroups },
      ),
    );
  const missing = (group: string, more = "") =>
    `platform/profile.yaml:4:43 no one can approve what the profile holds: the operator's file has no group "${group}" → ${more}add it to grantkeeper.yaml: approvers: { ${group}: [TOKEN] }`;

  test.each([
    { group: "security", known: ["security"], texts: [], because: "the operator's file has it" },
    { group: "security", known: undefined, texts: [], because: "the operator's file is not known" },
    { group: "audit", known: [], texts: [missing("audit")], because: "the operator's file has none" },
    {
      group: "secuirty",
      known: ["security"],
      texts: [missing("secuirty", "write group: security, or ")],
      because: "it is misspelt",
    },
  ])("is a warning or not: $because", ({ group, known, texts }) => {
    expect(textsWith(group, known)).toEqual(texts);
  });
});

describe("two profiles with one selector", () => {
  test("that contradict each other are a warning at the line without effect, which names the other", () => {
    const compilation = withProfile("{selector: {namespaces: [orders]}, rules: {RES-001: off}}", {
      "platform/other.yaml": profileText("q", "{selector: {namespaces: [orders]}, rules: {RES-001: block}}"),
    });

    expect(diagnosticTexts(compilation)).toEqual([
      "platform/profile.yaml:4:50 RES-001: off has no effect: the same selector has block in platform/other.yaml:4:50 → keep one of the two lines",
    ]);
  });

  test("and different rules are no problem", () => {
    const compilation = withProfile("{rules: {RES-001: off}}", {
      "platform/other.yaml": profileText("q", "{rules: {RES-002: block}}"),
    });

    expect(diagnosticTexts(compilation)).toEqual([]);
  });
});

describe("a waiver of a rule that a profile makes unwaivable", () => {
  const WAIVER = { "platform/w.yaml": waiver("orders/a@prod/eu-west-1") };

  test("is an error with both places, and lifts nothing", () => {
    const compilation = withProfile("{unwaivable: [RES-001]}", WAIVER);

    expect(diagnosticTexts(compilation)).toEqual([
      "platform/w.yaml:1:1 no waiver lifts RES-001 here: GuardrailProfile p makes it unwaivable (platform/profile.yaml:4:8) → remove the waiver, and change what the rule refuses",
    ]);
    expect(compilation.desired.waivers).toEqual([]);
  });

  test("counts where the profile does not apply", () => {
    const compilation = withProfile('{selector: {labels: {tier: "1"}}, unwaivable: [RES-001]}', WAIVER);

    expect(compilation.desired.waivers).toMatchObject([{ rule: "RES-001" }]);
  });
});

test("the profiles do not depend on the order of the files", () => {
  const files = {
    [FILE]: functionText("a"),
    "platform/a.yaml": profileText("z", "{rules: {RES-001: off}}"),
    "platform/b.yaml": profileText("a", "{rules: {RES-001: block}}"),
  };
  const turned = Object.fromEntries(Object.entries(files).toReversed());

  expect(compileTexts(turned)).toEqual(compileTexts(files));
});
