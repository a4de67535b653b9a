import { describe, expect, test } from "@jest/globals";
import { accountText, compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";
import { templateText } from "../../../support/templates.ts";
import { FILE, KEY, only } from "../compile/compilation.ts";

const TEMPLATE = "platform/worker.yaml";

const WORKER = templateText(
  "worker",
  2,
  `  parameters:
    queue: {description: the queue, pattern: "[a-z][a-z0-9-]+"}
    table: {default: jobs}
  grants:
    - sqs: {queue: "\${param.queue}", allow: [consume]}
    - dynamodb: {table: "\${param.table}-\${account.name}", allow: [read]}
  statements:
    - reason: no grant for textract yet
      statement: {Effect: Allow, Action: "textract:GetAdapter", Resource: "arn:aws:textract:\${region}:\${account.id}:/adapters/\${param.table}"}
`,
);

/** One function, `orders/a@prod/eu-west-1`, that uses the template; `use` is one line of YAML. */
function using(use: string, template = WORKER, files: Readonly<Record<string, string>> = {}) {
  return compileTexts({
    [FILE]: functionText("a", `  templates:\n    - ${use}\n`),
    [TEMPLATE]: template,
    ...files,
  });
}

const IMAGES = "{template: worker, version: 2, parameters: {queue: images}}";

describe("a use of a GrantTemplate", () => {
  test("compiles to the grants and statements, with the place of the use and the line of the template", () => {
    const compilation = using(IMAGES);

    expect(diagnosticTexts(compilation)).toEqual([]);
    const own = only(compilation).role.inline.statements.filter(({ source }) => source.kind !== "implicit");
    expect(own.map(({ statement, origin }) => [statement.Resource, origin])).toEqual([
      [["arn:aws:dynamodb:eu-west-1:222222222222:table/jobs-prod", expect.any(String)], origin(11, 7)],
      ["arn:aws:dynamodb:eu-west-1:222222222222:table/jobs-prod", origin(11, 7)],
      ["arn:aws:sqs:eu-west-1:222222222222:images", origin(10, 7)],
      ["arn:aws:textract:eu-west-1:222222222222:/adapters/jobs", origin(14, 7)],
    ]);
  });

  test("has the values of each target", () => {
    const targets = "targets: [{accounts: [prod, dev], regions: [eu-west-1]}]";
    const compilation = compileTexts({
      [FILE]: functionText("a", `  templates: [${IMAGES}]\n`).replace(/targets: .*/, targets),
      [TEMPLATE]: WORKER,
      "platform/dev.yaml": accountText("dev", "333333333333"),
    });

    expect(diagnosticTexts(compilation)).toEqual([]);
    expect([...compilation.desired.bindings.values()].map(({ role }) => JSON.stringify(role.inline))).toEqual(
      [
        expect.stringContaining("222222222222:table/jobs-prod"),
        expect.stringContaining("333333333333:table/jobs-dev"),
      ],
    );
  });

  test("takes the version that it names, when a newer one exists", () => {
    const newer = templateText("worker", 3, "  grants: [{sns: {topic: t, allow: [publish]}}]\n");
    const compilation = using(IMAGES, WORKER, { "platform/newer.yaml": newer });

    expect(diagnosticTexts(compilation)).toEqual([]);
    expect(JSON.stringify(only(compilation).role.inline)).not.toContain(":sns:");
  });

  test.each([
    { template: null, use: "2027-02-01T00:00:00Z", end: "2027-02-01T00:00:00Z" },
    { template: "2027-01-01T00:00:00Z", use: null, end: "2027-01-01T00:00:00Z" },
    { template: "2027-01-01T00:00:00Z", use: "2027-02-01T00:00:00Z", end: "2027-01-01T00:00:00Z" },
    { template: "2027-03-01T00:00:00Z", use: "2027-02-01T00:00:00Z", end: "2027-02-01T00:00:00Z" },
    { template: null, use: null, end: null },
  ])("of the ends $template and $use has $end", ({ template, use, end }) => {
    const until = (text: string | null): string => (text === null ? "" : `, until: "${text}"`);
    const spec = `  grants: [{sns: {topic: t, allow: [publish]}${until(template)}, reason: of the template}]\n`;
    const compilation = using(`{template: worker, version: 2${until(use)}}`, templateText("worker", 2, spec));

    const [statement] = only(compilation).role.inline.statements.filter(
      ({ source }) => source.kind === "grant",
    );
    expect(statement).toMatchObject({ until: end, reason: "of the template" });
  });

  test("replaces the reasons of the template by its own", () => {
    const compilation = using("{template: worker, version: 2, parameters: {queue: q1}, reason: ours}");

    const reasons = only(compilation).role.inline.statements.map(({ source, reason }) => [
      source.kind,
      reason,
    ]);
    expect(reasons).toContainEqual(["statement", "ours"]);
  });

  test("that has ended is a warning at its until", () => {
    const compilation = using(
      '{template: worker, version: 2, until: "2026-01-01T00:00:00Z"}',
      templateText("worker", 2, "  grants: [{sns: {topic: t, allow: [publish]}}]\n"),
    );

    expect(diagnosticTexts(compilation)).toEqual([
      "teams/orders/a.yaml:7:38 this ended on 2026-01-01T00:00:00Z → remove it, or give it a new end",
    ]);
  });

  test.each([
    {
      use: "{template: wroker, version: 2}",
      problem:
        'teams/orders/a.yaml:7:18 unknown GrantTemplate "wroker" → did you mean "worker"? Otherwise declare it in the platform\'s folder',
    },
    {
      use: "{template: other-thing, version: 2}",
      problem:
        'teams/orders/a.yaml:7:18 unknown GrantTemplate "other-thing" → declare it in the platform\'s folder',
    },
    {
      use: "{template: worker, parameters: {queue: q}}",
      problem:
        "teams/orders/a.yaml:7:18 template worker needs a version: a new version must not change this function by itself → the newest is version: 2",
    },
    {
      use: "{template: worker, version: 1, parameters: {queue: q}}",
      problem: "teams/orders/a.yaml:7:35 template worker has no version 1 → the newest is version: 2",
    },
    {
      use: "{template: worker, version: 2}",
      problem:
        "teams/orders/a.yaml:7:8 template worker@2 needs the parameter queue → add queue: under parameters (the queue)",
    },
    {
      use: "{template: worker, version: 2, parameters: {queue: q1, tabel: t}}",
      problem:
        'teams/orders/a.yaml:7:62 template worker@2 has no parameter "tabel" → did you mean "table"? it has: queue, table',
    },
    {
      use: "{template: worker, version: 2, parameters: {queue: Q}}",
      problem:
        'teams/orders/a.yaml:7:58 parameter queue: "Q" does not match the pattern "[a-z][a-z0-9-]+" → write a value that matches it (the queue)',
    },
    {
      use: "{template: worker, version: 2, parameters: {queue: q1, table: a/b}}",
      problem: expect.stringMatching(/^teams\/orders\/a.yaml:7:69 parameter table: "a\/b" is not /),
    },
    {
      use: "{template: worker, version: 2, parameters: {queue: q1, table: 12}}",
      problem:
        'teams/orders/a.yaml:7:69 spec.templates[0].parameters.table: 12 is read as a number, not as text → quote it: "12"',
    },
  ])("$use is an error with its place and a fix", ({ use, problem }) => {
    const compilation = using(use);

    expect(diagnosticTexts(compilation)).toEqual([problem]);
    expect([...compilation.invalid.keys()]).toEqual([KEY]);
  });

  test.each([
    { value: "a:b", because: "a colon could name another region or account" },
    { value: "a/b", because: "a slash leaves a part of a path" },
    { value: "a*", because: "a star matches more than one resource" },
    { value: "a?", because: "a question mark matches more than one resource" },
    { value: "${account.id}", because: "a value is not substituted" },
    { value: "{aws:username}", because: "after a $ it would be a variable of IAM" },
    { value: "a b", because: "a blank is in no name" },
    { value: "a\n- sns: {topic: t}", because: "a line feed would begin another entry" },
    { value: "a'}", because: "an apostrophe is in no name" },
    { value: "../admin", because: "a slash leaves a part of a path" },
    { value: "оrders", because: "the first letter is Cyrillic" },
    { value: "a\u200b", because: "the last character is not visible" },
    { value: 'a","b', because: "a quotation mark is in no name" },
    { value: "", because: "an empty value leaves the name out" },
    { value: "q".repeat(257), because: "it is too long" },
  ])("refuses the value $value, because $because", ({ value }) => {
    const spec = '  parameters: {q: {}}\n  grants: [{sqs: {queue: "x-${param.q}", allow: [send]}}]\n';
    const use = `{template: worker, version: 2, parameters: {q: ${JSON.stringify(value)}}}`;
    const compilation = using(use, templateText("worker", 2, spec));

    expect(diagnosticTexts(compilation)).toEqual([
      expect.stringMatching(/^teams\/orders\/a\.yaml:7:54 .* → /),
    ]);
    expect(compilation.desired.bindings.size).toBe(0);
  });

  test.each([
    { text: "${param.q}", ok: true, because: "the value is the complete name, and the field checks it" },
    { text: "arn:aws:sqs:${param.q}:jobs", ok: false, because: "the value would add a part to the ARN" },
    { text: "x-${param.q}", ok: false, because: "the text around it could become another ARN" },
  ])("takes a value with a colon in $text: $ok, because $because", ({ text, ok }) => {
    const spec = `  parameters: {q: {pattern: "[a-z0-9:-]+"}}
  grants: [{sqs: {queue: "${text}", allow: [send]}}]
`;
    const use = '{template: worker, version: 2, parameters: {q: "arn:aws:sqs:eu-west-1:222222222222:jobs"}}';
    const compilation = using(use, templateText("worker", 2, spec));

    const refused = expect.stringContaining("would add a part to");
    expect(diagnosticTexts(compilation)).toEqual(ok ? [] : [refused]);
  });

  test("names the known versions newest first, and a template without parameters", () => {
    const bare = templateText("bare", 7, "  grants: [{sns: {topic: t, allow: [publish]}}]\n");
    const older = templateText("bare", 5, "  grants: [{sns: {topic: t, allow: [publish]}}]\n");
    const files = { "platform/7.yaml": bare, "platform/5.yaml": older };

    expect(diagnosticTexts(using("{template: bare, version: 6}", WORKER, files))).toEqual([
      "teams/orders/a.yaml:7:33 template bare has no version 6 → the newest is version: 7",
    ]);
    expect(diagnosticTexts(using("{template: bare, version: 7, parameters: {q: x}}", WORKER, files))).toEqual(
      ['teams/orders/a.yaml:7:49 template bare@7 has no parameter "q" → it has none'],
    );
  });

  test("with a value that a field refuses is an error at the value, which names the field of the template", () => {
    const longName = "q".repeat(81);
    const compilation = using(`{template: worker, version: 2, parameters: {queue: ${longName}}}`);

    expect(diagnosticTexts(compilation)).toEqual([
      expect.stringMatching(
        /^teams\/orders\/a\.yaml:7:58 "q+…?" is not .* \(from "\$\{param\.queue\}"\) \(template worker@2, platform\/worker\.yaml:10:20\) → /,
      ),
    ]);
  });

  test("of a template with a variable that the account lacks is an error of this account", () => {
    const spec = '  grants: [{sns: {topic: "${account.vars.alarms}", allow: [publish]}}]\n';
    const compilation = using("{template: worker, version: 2}", templateText("worker", 2, spec));

    expect(diagnosticTexts(compilation)).toEqual([
      expect.stringMatching(
        /^teams\/orders\/a\.yaml:7:8 unknown variable \$\{account\.vars\.alarms\} in account prod \(template worker@2, platform\/worker\.yaml:6:26\) → .*account\.vars\.ordersTable/,
      ),
    ]);
  });

  test("of a statement that its value makes wrong is an error at the value", () => {
    const spec = `  parameters: {action: {pattern: "[a-zA-Z:]+"}}
  statements: [{reason: r, statement: {Effect: Allow, Action: "\${param.action}", Resource: "*"}}]
`;
    const compilation = using(
      "{template: worker, version: 2, parameters: {action: Get}}",
      templateText("worker", 2, spec),
    );

    expect(diagnosticTexts(compilation)).toEqual([
      expect.stringMatching(
        /^teams\/orders\/a\.yaml:7:59 .*"Get".*\(template worker@2, platform\/worker\.yaml:7:/,
      ),
    ]);
  });

  test("may occur at most 20 times in one document", () => {
    const uses = Array.from({ length: 21 }, () => `    - ${IMAGES}\n`).join("");
    const compilation = compileTexts({
      [FILE]: functionText("a", `  templates:\n${uses}`),
      [TEMPLATE]: WORKER,
    });

    expect(diagnosticTexts(compilation)).toEqual([expect.stringContaining("spec.templates: too big")]);
  });
});

function origin(line: number, column: number) {
  return {
    file: FILE,
    line: 7,
    column: 8,
    path: "spec.templates[0].template",
    template: { name: "worker@2", file: TEMPLATE, line, column },
  };
}
