import { describe, expect, test } from "@jest/globals";
import { evaluate } from "../../src/iam/evaluate/evaluate.ts";
import { attachedPolicy } from "../../src/iam/evaluate/policy.ts";
import { accessRequest, type AccessRequest } from "../../src/iam/evaluate/request.ts";
import { GRANT_ENTRIES } from "../../src/manifest/grants/catalogue.ts";
import type { CompiledStatement, DesiredBinding } from "../../src/model/desired.ts";
import type { ConditionBlock } from "../../src/model/aws/policy-document.ts";
import { compileTexts, diagnosticTexts, functionText } from "../support/manifests.ts";

// Credentials of one function, used by another one or outside of Lambda, must not open anything that only its code needs.

const OWN = "arn:aws:lambda:eu-west-1:222222222222:function:a";
const OTHER = "arn:aws:lambda:eu-west-1:222222222222:function:b";

/** A key's policy has to let the account decide; for other resources it changes nothing. */
const DELEGATING = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { AWS: "arn:aws:iam::222222222222:root" }, Action: "*", Resource: "*" },
  ],
});

interface GrantRow {
  readonly entry: string;
  readonly serviceVerbs: readonly string[];
}

const ROWS: readonly GrantRow[] = GRANT_ENTRIES.flatMap(({ grant, examples, serviceVerbs = [] }) =>
  examples.map((example) => ({ entry: JSON.stringify({ [grant]: example as object }), serviceVerbs })),
);

function compiledFor(entry: string): DesiredBinding {
  const spec = `  logs: false\n  isolation: pinned\n  grants: [${entry}]\n`;
  const compilation = compileTexts({ "teams/orders/a.yaml": functionText("a", spec) });
  const [binding] = compilation.desired.bindings.values();
  if (binding === undefined) throw new Error(diagnosticTexts(compilation).join("\n"));
  return binding;
}

/** A request that the statement allows, apart from the function that it comes from. */
function requestsOf({ statement }: CompiledStatement, from: string | null): readonly AccessRequest[] {
  const { ArnEquals: _pin, ...others } = statement.Condition ?? {};
  const context = {
    ...requestContext(others),
    ...(from === null ? {} : { "lambda:SourceFunctionArn": from }),
  };
  return [statement.Action ?? []].flat().flatMap((action) =>
    [statement.Resource ?? []].flat().map((resource) =>
      accessRequest({
        caller: {
          kind: "role",
          accountId: "222222222222",
          roleArn: "arn:aws:iam::222222222222:role/grantkeeper/a-eu-west-1",
          sessionArn: "arn:aws:sts::222222222222:assumed-role/a-eu-west-1/a",
        },
        action,
        resource: resource.replaceAll("?", "x").replaceAll("*", "x"),
        resourceAccount: "222222222222",
        context,
      }),
    ),
  );
}

function requestContext(condition: ConditionBlock): Readonly<Record<string, string | readonly string[]>> {
  const tests = Object.entries(condition).filter(([operator]) => operator !== "Null");
  const values = tests.flatMap(([, keys]) => Object.entries(keys));
  return Object.fromEntries(
    values.map(([key, value]) => [key, [value].flat().map((each) => each.replaceAll("*", "x"))]),
  );
}

function decisions(binding: DesiredBinding, chosen: readonly CompiledStatement[], from: string | null) {
  const text = JSON.stringify({
    Version: "2012-10-17",
    Statement: binding.role.inline.statements.map(({ statement }) => statement),
  });
  const account = { partition: "aws", accountId: "222222222222" };
  const identity = [attachedPolicy({ from: "inline", text }, { ...account, dialect: "identity" })];
  const resource = attachedPolicy({ from: "key", text: DELEGATING }, { ...account, dialect: "resource" });
  const policies = {
    identity,
    boundary: null,
    session: [],
    resource: { kind: "policy", policy: resource },
  } as const;
  const requests = chosen.flatMap((statement) => requestsOf(statement, from));
  return [...new Set(requests.map((request) => evaluate(request, policies).kind))];
}

function withoutActions(
  statements: readonly CompiledStatement[],
  left: readonly string[],
): readonly CompiledStatement[] {
  return statements.map((each) => {
    const actions = [each.statement.Action ?? []].flat().filter((action) => !left.includes(action));
    return { ...each, statement: { ...each.statement, Action: actions } };
  });
}

describe("with isolation: pinned", () => {
  test.each(ROWS)("the code of the function can use $entry", ({ entry }) => {
    const binding = compiledFor(entry);

    expect(decisions(binding, binding.role.inline.statements, OWN)).toEqual(["allowed"]);
  });

  test.each(ROWS)("no other function and no copy can use $entry, except what a service does", (row) => {
    const binding = compiledFor(row.entry);
    const ofCode = binding.role.inline.statements.filter(({ source, statement }) => {
      const verb = source.kind === "grant" ? source.verb : "";
      const isKeyOfService = JSON.stringify(statement.Condition ?? {}).includes("kms:ViaService");
      return !row.serviceVerbs.includes(verb) && !isKeyOfService;
    });
    // sqs:GetQueueUrl is a part of consume as well, which an event source mapping needs.
    const shared = binding.role.inline.statements
      .filter((statement) => !ofCode.includes(statement))
      .flatMap(({ statement }) => [statement.Action ?? []].flat());

    for (const from of [OTHER, `${OWN}2`, null]) {
      const found = decisions(binding, withoutActions(ofCode, shared), from);
      expect(found).toEqual(ofCode.length === 0 ? [] : ["denied"]);
    }
  });

  test.each(ROWS.filter(({ serviceVerbs }) => serviceVerbs.length > 0))(
    "a service that acts for the function can use its part of $entry",
    ({ entry, serviceVerbs }) => {
      const binding = compiledFor(entry);
      const ofService = binding.role.inline.statements.filter(
        ({ source }) => source.kind === "grant" && serviceVerbs.includes(source.verb),
      );

      const found = decisions(binding, ofService, null);
      expect(found).toEqual(ofService.length === 0 ? [] : ["allowed"]);
    },
  );
});
