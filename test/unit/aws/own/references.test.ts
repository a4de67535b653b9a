import { describe, expect, test } from "@jest/globals";
import { readableReferences } from "../../../../src/aws/own/declared.ts";
import type { ReferencePlace } from "../../../../src/model/aws/reference.ts";
import { accountText, compileTexts } from "../../../support/manifests.ts";
import { teamText } from "../../guard/fences/fenced.ts";

const STACK = "arn:aws:cloudformation:*:222222222222:stack/";
const PARAMETER = "arn:aws:ssm:*:222222222222:parameter/";

function readable(
  teams: Readonly<Record<string, string>>,
  named: readonly (readonly [accountId: string, text: string])[] = [],
) {
  const documents = Object.entries(teams).map(([name, spec]) => teamText(name, spec));
  const { desired } = compileTexts({
    "platform/other.yaml": accountText("other", "333333333333"),
    ...(documents.length > 0 && { "platform/teams.yaml": documents.join("---\n") }),
  });
  const account = [...desired.accounts.values()].find(({ name }) => name === "prod");
  if (account === undefined) throw new Error("the account does not compile");
  const places = named.map(([accountId, text]) => ({ accountId, region: "eu-west-1", text }));
  return readableReferences(desired, account, places as unknown as readonly ReferencePlace[]);
}

const team = (references: string, accounts = "prod"): string =>
  `accounts: [${accounts}], functions: ['*'], resources: ['*'], references: [${references}]`;

describe("the observer reads for a Team", () => {
  test.each([
    ["stack.orders.TableName", [`${STACK}orders/*`], []],
    ["stack.orders.*", [`${STACK}orders/*`], []],
    ["stack.orders.Tab*", [`${STACK}orders/*`], []],
    ["stack.orders-*", [`${STACK}orders-*`], []],
    ["stack.*", [`${STACK}*`], []],
    ["ssm./orders/table", [], [`${PARAMETER}orders/table`]],
    ["ssm./orders/*", [], [`${PARAMETER}orders/*`]],
    ["ssm.orders-table", [], [`${PARAMETER}orders-table`]],
    ["ssm.*", [], [`${PARAMETER}*`]],
    ["'*'", [`${STACK}*`], [`${PARAMETER}*`]],
  ])("what %s covers, and nothing more", (pattern, stacks, parameters) => {
    expect(readable({ orders: team(pattern) })).toEqual({ stacks, parameters });
  });

  test("of this account only, each resource once, sorted", () => {
    const teams = {
      orders: team("stack.b.X, stack.a.X, stack.b.Y"),
      elsewhere: team("stack.c.X, 'ssm.*'", "other"),
    };

    expect(readable(teams)).toEqual({ stacks: [`${STACK}a/*`, `${STACK}b/*`], parameters: [] });
  });

  test("nothing that manifests name and no Team lists, and nothing for a Team with an error", () => {
    const named = [["222222222222", "stack.secret.Name"]] as const;

    expect(readable({ orders: team("") }, named)).toEqual({ stacks: [], parameters: [] });
    expect(readable({ orders: `${team("stack.a.X")}, unknownField: 1` }, named)).toEqual({
      stacks: [],
      parameters: [],
    });
  });
});

test("without any Team, the observer reads exactly what the manifests name in its account", () => {
  const named = [
    ["222222222222", "ssm./orders/table"],
    ["222222222222", "stack.orders.TableName"],
    ["333333333333", "stack.other.TableName"],
  ] as const;

  expect(readable({}, named)).toEqual({
    stacks: [`${STACK}orders/*`],
    parameters: [`${PARAMETER}orders/table`],
  });
  expect(readable({})).toEqual({ stacks: [], parameters: [] });
});
