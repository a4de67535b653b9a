import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Compilation } from "../../src/manifest/compile/compile.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../support/fc-runs.ts";
import { compileTexts, functionText } from "../support/manifests.ts";
import { readingsOf } from "../support/references.ts";

/** Names, and texts that would mean more than a name. */
const value = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-zA-Z0-9._-]{1,20}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "",
      "*",
      "a b",
      "a:b",
      "a/b",
      "${x}",
      "a?",
      "arn:aws:sqs:eu-west-1:222222222222:q",
      "é",
    ),
  },
);
const reference = fc.constantFrom(
  "stack.orders.Name",
  "ssm./orders/name",
  "ssm.name",
  "tag.sqs.app=orders,aws:cloudformation:stack-name=shop",
);
const text = fc.constantFrom("REF", "x-REF", "REF-${region}", "arn:aws:sqs:eu-west-1:222222222222:REF");
const field = fc.constantFrom(
  (name: string) => `  grants: [{dynamodb: {table: "${name}", allow: [read]}}]\n`,
  (name: string) => `  grants: [{sqs: {queue: "${name}", allow: [send]}}]\n`,
  (name: string) => `  invokedBy: [{s3: {bucket: "${name}"}}]\n`,
  (name: string) =>
    `  statements: [{reason: r, statement: {Effect: Allow, Action: ["sqs:SendMessage"], Resource: "${name}"}}]\n`,
);

/** What AWS would contain, and its Sids. */
function meaningOf({ desired }: Compilation): unknown {
  return [...desired.bindings.values()].map(({ role, callers }) => ({
    inline: role.inline.statements.map(({ statement }) => statement),
    callers: callers.map(({ statement, input }) => [statement, input]),
  }));
}

test(
  "a manifest with a reference is either refused or equal to the same manifest with the value written in it",
  () => {
    fc.assert(
      fc.property(value, reference, text, field, (found, named, template, spec) => {
        const compiled = (name: string, readings: Readonly<Record<string, string>>): Compilation =>
          compileTexts(
            { "teams/orders/api.yaml": functionText("api", spec(template.replace("REF", () => name))) },
            { readings: readingsOf(readings) },
          );
        const resolved = compiled(`\${${named}}`, { [named]: found });
        if (resolved.desired.bindings.size === 0) return;

        const written = compiled(found, {});
        expect(meaningOf(resolved)).toEqual(meaningOf(written));
        expect([...resolved.desired.bindings.values()].map(({ references }) => references)).toEqual([
          [{ text: named, value: found }],
        ]);
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);
