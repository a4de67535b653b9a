import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Compilation } from "../../src/manifest/compile/compile.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../support/fc-runs.ts";
import { compileTexts, diagnosticTexts, functionText } from "../support/manifests.ts";
import { templateText } from "../support/templates.ts";

const FILE = "teams/orders/a.yaml";

/** Everything of a compilation but the places, and where a template is declared. */
function withoutPlaces({ desired }: Compilation): string {
  return JSON.stringify([...desired.bindings], (name, value: unknown) =>
    name === "origin" || name === "tagOrigins" ? undefined : value,
  );
}

/** Entries of `grants` and `statements` as YAML; `Q` and `T` are the places of the two parameters. */
const GRANTS = [
  '{sqs: {queue: "Q", allow: [consume]}}',
  '{sqs: {queue: "jobs-Q", allow: [send]}, until: "2027-01-01T00:00:00Z"}',
  '{dynamodb: {table: "T-${account.name}", allow: [read, write]}, reason: r}',
  '{s3: {bucket: "T", prefix: "in/Q/", allow: [read]}}',
  '{sns: {topic: "${function}-T", allow: [publish]}}',
];
const STATEMENTS = [
  '{reason: r, statement: {Effect: Allow, Action: "sqs:SendMessage", Resource: "arn:aws:sqs:${region}:${account.id}:Q"}}',
  '{reason: r, until: "2027-01-01T00:00:00Z", statement: {Effect: Deny, Action: ["s3:PutObject"], Resource: ["arn:aws:s3:::T/Q"], Condition: {StringEquals: {"aws:SourceVpc": "vpc-Q"}}}}',
];

const value = fc.stringMatching(/^[a-z][a-z0-9]{2,12}$/);

const permissions = fc
  .record({ grants: fc.subarray(GRANTS), statements: fc.subarray(STATEMENTS) })
  .filter(({ grants, statements }) => grants.length + statements.length > 0);

function filled(entries: readonly string[], queue: string, table: string): string {
  return `[${entries.join(", ").replaceAll("Q", queue).replaceAll(/\bT\b/g, table)}]`;
}

test(
  "a use of a template is the same as its grants and statements in the function's own file, byte for byte",
  () => {
    fc.assert(
      fc.property(
        permissions,
        value,
        value,
        fc.constantFrom("none", "pinned"),
        (entries, queue, table, isolation) => {
          const body = (q: string, t: string): string =>
            `  grants: ${filled(entries.grants, q, t)}\n  statements: ${filled(entries.statements, q, t)}\n`;
          const all = JSON.stringify(entries);
          const used = { q: /Q/.test(all), t: /\bT\b/.test(all) };
          const given = [...(used.q ? [`q: "${queue}"`] : []), ...(used.t ? [`t: "${table}"`] : [])].join(
            ", ",
          );
          const declared = [...(used.q ? ["q: {}"] : []), ...(used.t ? ["t: {}"] : [])].join(", ");
          const template = `  parameters: {${declared}}\n${body("${param.q}", "${param.t}")}`;
          const use = `  isolation: ${isolation}\n  templates: [{template: t, version: 1, parameters: {${given}}}]\n`;

          const expanded = compileTexts({
            [FILE]: functionText("a", use),
            "platform/t.yaml": templateText("t", 1, template),
          });
          const written = compileTexts({
            [FILE]: functionText("a", `  isolation: ${isolation}\n${body(queue, table)}`),
          });

          expect(diagnosticTexts(expanded)).toEqual(diagnosticTexts(written));
          expect(expanded.desired.bindings.size).toBe(1);
          expect(withoutPlaces(expanded)).toBe(withoutPlaces(written));
        },
      ),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);

const TARGET = templateText(
  "t",
  1,
  `  parameters: {q: {}, w: {pattern: "[^x]{1,99}"}}
  grants:
    - sqs: {queue: "\${param.q}", allow: [send]}
    - s3: {bucket: "b-\${param.w}", allow: [read]}
  statements:
    - reason: r
      statement: {Effect: Allow, Action: "sqs:SendMessage", Resource: "arn:aws:sqs:eu-west-1:\${account.id}:\${param.q}"}
    - reason: r
      statement: {Effect: Allow, Action: "sqs:SendMessage", Resource: "arn:aws:sqs:eu-west-1:\${account.id}:$\${param.w}"}
`,
);

const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      "a",
      "x",
      ":",
      "*",
      "?",
      "$",
      "{",
      "}",
      "${",
      "/",
      '"',
      "\\",
      "\n",
      " ",
      "..",
      "аrn",
      "​",
      "arn:aws:",
    ),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
  ),
  maxLength: 12,
});

test(
  "no value of a parameter adds a wildcard, a variable or a part to an ARN",
  () => {
    fc.assert(
      fc.property(fc.oneof(value, hostile), fc.oneof(value, hostile), (q, w) => {
        const use = JSON.stringify([{ template: "t", version: 1, parameters: { q, w } }]);
        const compilation = compileTexts({
          [FILE]: functionText("a", `  templates: ${use}\n`),
          "platform/t.yaml": TARGET,
        });

        for (const { role } of compilation.desired.bindings.values())
          for (const { statement, source } of role.inline.statements) {
            if (source.kind === "implicit") continue;
            const resources = [statement.Resource ?? []].flat();
            for (const resource of resources) expect(resource).toMatch(SAFE);
          }
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);

/** A star only where the catalogue writes it: after the bucket's own slash. */
const SAFE = /^arn:aws:(sqs:eu-west-1:222222222222:[^:*?{}]+|s3:::b-[^:*?${}/]+(\/\*)?)$/;
