import { describe, expect, test } from "@jest/globals";
import { compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";
import { templateText } from "../../../support/templates.ts";
import { FILE, KEY } from "../compile/compilation.ts";

const TEMPLATE = "platform/t.yaml";
const SNS = "  grants: [{sns: {topic: t, allow: [publish]}}]\n";
const USER = functionText("a", "  templates: [{template: t, version: 1}]\n");
const SEE = `${FILE}:6:26 template t@1 can't be used: it has problems → see platform/t.yaml:3:12`;

describe("a GrantTemplate", () => {
  test.each([
    {
      spec: '  grants: [{sns: {topic: "${param.topic}", allow: [publish]}}]\n',
      problem: 'platform/t.yaml:6:26 unknown parameter "topic" → the template declares none',
    },
    {
      spec: '  parameters: {topic: {default: a}}\n  grants: [{sns: {topic: "${param.topci}-${param.topic}", allow: [publish]}}]\n',
      problem: 'platform/t.yaml:7:26 unknown parameter "topci" → did you mean "topic"? declared: topic',
    },
    {
      spec: `  parameters: {topic: {default: a}}\n${SNS}`,
      problem: "platform/t.yaml:6:16 the parameter topic is not used → remove it, or write ${param.topic}",
    },
    {
      spec: '  parameters: {x: {default: a}}\n  grants: [{sns: {topic: "${param.x}", allow: [publish]}, reason: "for ${param.x}"}]\n',
      problem:
        "platform/t.yaml:7:67 a reason has no parameters → remove the parameter; a use of the template can have a reason of its own",
    },
    {
      spec: '  statements: [{reason: r, statement: {Effect: Allow, Action: "sqs", Resource: "*"}}]\n',
      problem: expect.stringMatching(/^platform\/t\.yaml:6:\d+ .*"sqs"/),
    },
    {
      spec: '  parameters: {q: {}}\n  statements: [{reason: r, statement: {Effect: Allow, Action: "sqs:SendMessage", Resource: "${param.q}", Conditon: {}}}]\n',
      problem: expect.stringMatching(
        /^platform\/t\.yaml:7:116 unknown element "Conditon" → write "Condition"/,
      ),
    },
    {
      spec: '  parameters: {q: {}}\n  statements: [{reason: r, statement: {Effect: Allow, Action: "sqs", Resource: "arn:aws:sqs:${region}:${account.id}:${param.q}"}}]\n',
      problem: expect.stringMatching(/^platform\/t\.yaml:7:63 action "sqs" has no service prefix/),
    },
    {
      spec: '  parameters: {q: {}}\n  grants: [{sns: {topic: "${param.q}-${regoin}", allow: [publish]}}]\n',
      problem: expect.stringMatching(
        /^platform\/t\.yaml:7:26 unknown variable \$\{regoin\} in a GrantTemplate → did you mean "region"\? known here: account\.id, account\.name, function, name, namespace, param\.q, partition, region$/,
      ),
    },
    {
      spec: '  parameters: {q: {default: "a.b"}}\n  grants: [{sqs: {queue: "${param.q}", allow: [send]}}]\n',
      problem: expect.stringMatching(
        /^platform\/t\.yaml:7:26 "a\.b" is not an SQS queue: its name or its full ARN \(from "\$\{param\.q\}"\) → /,
      ),
    },
    {
      spec: '  parameters: {a: {default: Get, pattern: "[A-Za-z:]+"}}\n  statements: [{reason: r, statement: {Effect: Allow, Action: "${param.a}", Resource: "*"}}]\n',
      problem: expect.stringMatching(/^platform\/t\.yaml:7:63 action "Get" has no service prefix/),
    },
    {
      spec: '  parameters: {q: {}}\n  grants: [{sqs: {queue: "${param.q}\u200b", allow: [send]}}]\n',
      problem: expect.stringMatching(/^platform\/t\.yaml:7:26 .*not visible/),
    },
    {
      spec: "  description: nothing\n",
      problem: "platform/t.yaml:5:3 the template is empty → write grants, statements or both",
    },
    {
      spec: `  parameters: {Topic: {default: a}}\n${SNS}`,
      problem: expect.stringContaining('"Topic" is not a parameter\'s name'),
    },
    {
      spec: `  parameters: {x: {pattern: "^[a-z]+$"}}\n${SNS}`,
      problem: expect.stringContaining("leave ^ and $ out: the pattern is for the complete value"),
    },
    {
      spec: `  parameters: {x: {pattern: "(a+)+b"}}\n${SNS}`,
      problem: expect.stringContaining('"(a+)+b" is not a pattern of characters'),
    },
    {
      spec: `  parameters: {x: {pattern: "[z-a]"}}\n${SNS}`,
      problem: expect.stringContaining('"[z-a]" is not a pattern that can be used'),
    },
    {
      spec: `  parameters: {x: {pattern: "[a-z]*[a-z]*[a-z]*x"}}\n${SNS}`,
      problem: expect.stringContaining("at most 2 repetitions without a fixed number"),
    },
    {
      spec: `  parameters: {x: {pattern: "[a-z]+", default: "7"}}\n${SNS}`,
      problem: expect.stringContaining('"7" does not match the pattern "[a-z]+"'),
    },
    {
      spec: `  parameters: {x: {default: "a*"}}\n${SNS}`,
      problem: expect.stringContaining('"a*" is not a parameter\'s value'),
    },
    {
      spec: `  templates: [{template: t, version: 1}]\n${SNS}`,
      problem:
        "platform/t.yaml:6:3 a GrantTemplate uses no other template → write the grants of the other template in this one",
    },
  ])("with $spec is an error there, and its user keeps the last applied state", ({ spec, problem }) => {
    const compilation = compileTexts({ [TEMPLATE]: templateText("t", 1, spec), [FILE]: USER });

    expect(diagnosticTexts(compilation)).toEqual([problem, SEE]);
    expect([...compilation.invalid.keys()]).toEqual([KEY]);
  });

  test("whose texts depend on a use is checked there alone", () => {
    const spec = `  parameters: {q: {}, a: {pattern: "[a-z]+:[A-Za-z]+"}}
  grants: [{sqs: {queue: "\${function}-\${account.vars.x}-\${param.q}", allow: [send]}}]
  statements:
    - reason: r
      statement: {Effect: Allow, Action: "\${param.a}", Resource: "\${account.vars.arn}", Condition: {StringEquals: {"aws:PrincipalTag/x": "\${aws:username}\${*}"}}}
`;

    expect(diagnosticTexts(compileTexts({ [TEMPLATE]: templateText("t", 1, spec) }))).toEqual([]);
  });

  test("with an error leaves alone who does not use it", () => {
    const compilation = compileTexts({
      [TEMPLATE]: templateText("t", 1, "  grants: []\n"),
      [FILE]: USER,
      "teams/orders/b.yaml": functionText("b"),
    });

    expect([...compilation.invalid.keys()]).toEqual([KEY]);
    expect(compilation.desired.bindings.size).toBe(1);
  });

  test.each([
    { version: "0", because: "versions begin with 1" },
    { version: "1.5", because: "a version is a whole number" },
    { version: '"1"', because: "a version is a number" },
    { version: "latest", because: "a version is a number" },
  ])("with version $version is refused, because $because", ({ version }) => {
    const compilation = compileTexts({ [TEMPLATE]: templateText("t", version, SNS) });

    expect(diagnosticTexts(compilation)).toEqual([
      expect.stringMatching(/^platform\/t\.yaml:5:12 spec\.version/),
    ]);
  });

  test("that cannot be read at all makes its users invalid", () => {
    const compilation = compileTexts({ [TEMPLATE]: "kind: [", [FILE]: USER });

    expect([...compilation.invalid.keys()]).toEqual([KEY]);
  });

  test("with the version of another one is used by no one", () => {
    const compilation = compileTexts({
      [TEMPLATE]: templateText("t", 1, SNS),
      "platform/u.yaml": templateText("t", 1, SNS.replace("topic: t", "topic: u")),
      [FILE]: USER,
    });

    expect(diagnosticTexts(compilation)).toEqual([
      "platform/t.yaml:3:18 GrantTemplate platform/t@1 is declared again in platform/u.yaml:3:18 → keep one of them",
      "platform/u.yaml:3:18 GrantTemplate platform/t@1 is declared again in platform/t.yaml:3:18 → keep one of them",
      expect.stringContaining("template t@1 can't be used"),
    ]);
  });

  test("in a team's folder is refused and cannot be used", () => {
    const compilation = compileTexts({
      "teams/orders/t.yaml": templateText("t", 1, SNS),
      [FILE]: USER,
    });

    expect(diagnosticTexts(compilation)).toEqual([
      expect.stringContaining('unknown GrantTemplate "t"'),
      "teams/orders/t.yaml:2:1 GrantTemplate is read from platform/ only → move it there",
    ]);
  });

  test("is an object of its own in each version", () => {
    const compilation = compileTexts({
      [TEMPLATE]: `${templateText("t", 1, SNS)}---\n${templateText("t", 2, SNS)}`,
      "platform/broken.yaml": templateText("t", '"x"', SNS),
    });

    const templates = compilation.objects.filter(({ kind }) => kind === "GrantTemplate");
    expect(templates.map(({ name }) => name)).toEqual(["t@?", "t@1", "t@2"]);
  });
});
