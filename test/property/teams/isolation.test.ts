import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { isBinding } from "../../../src/model/desired.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import {
  ALONE,
  compiled,
  heldOf,
  judging,
  removalOf,
  subjectsOf,
  worldOf,
  type State,
} from "./judged-teams.ts";
import { ARNS_OF_ORDERS, filesOfPayments } from "./two-teams.ts";

test("team orders is not refused, so that there is something to lose", () => {
  const alone = compiled({});
  const refused = subjectsOf(alone, "orders").flatMap(judging(alone));

  expect(subjectsOf(alone, "orders").map(({ name }) => name)).toEqual(["orders-api", "orders-jobs", "reads"]);
  expect([...alone.diagnostics, ...refused.filter(({ severity }) => severity === "block")]).toEqual([]);
});

test("plans of team orders are held for each reason that may be one team's", () => {
  const held = heldOf(compiled({}), "orders").map((one) => JSON.stringify(one));

  expect(held.map((text) => /"code":"([a-z-]+)"/.exec(text)?.[1])).toEqual([
    "profile-approval",
    "limit-changes",
    "profile-approval",
  ]);
});

test("what team orders removed would be deleted", () => {
  const { withheld, actions } = removalOf(compiled({}));

  expect(withheld).toEqual([]);
  expect(actions.map(({ call }) => call)).toContain("iam:DeleteRole");
});

test(
  "no byte of another team's functions, roles, callers, verdicts, limits, approvals or deletes changes by what a team writes",
  () => {
    fc.assert(
      fc.property(filesOfPayments, (files) => {
        expect(worldOf(compiled(files), "orders")).toBe(ALONE);
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);

/** As IAM compares the text of a Resource; a variable may have any value. */
function reaches(text: string, arn: string): boolean {
  const parts = text.split(/(\$\{[^}]*\}|[*?])/).map((part, at) => {
    if (at % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return part === "?" ? "." : ".*";
  });
  return new RegExp(`^${parts.join("")}$`).test(arn);
}

function reachedBy(subject: State): readonly string[] {
  const document = isBinding(subject) ? subject.role.inline : subject.document;
  const allowed = document.statements.filter(({ statement }) => statement.Effect === "Allow");
  return allowed.flatMap(({ statement }) => {
    if (statement.Resource === undefined) return ARNS_OF_ORDERS;
    const texts = [statement.Resource].flat().filter((text) => text !== "*");
    return ARNS_OF_ORDERS.filter((arn) => texts.some((text) => reaches(text, arn)));
  });
}

test(
  "what a team may write names no function, role or resource of the other team",
  () => {
    const rolesOfOrders = new Set(["orders-api-eu-west-1", "orders-worker"]);
    fc.assert(
      fc.property(filesOfPayments, (files) => {
        const compilation = compiled(files);
        const judge = judging(compilation);
        const allowed = subjectsOf(compilation, "payments").filter(
          (subject) => !judge(subject).some(({ severity }) => severity === "block"),
        );
        expect(allowed.flatMap(reachedBy)).toEqual([]);
        const bindings = allowed.filter(isBinding);
        expect(bindings.filter(({ functionName }) => !functionName.startsWith("payments-"))).toEqual([]);
        expect(bindings.filter(({ role }) => rolesOfOrders.has(role.name.toLowerCase()))).toEqual([]);
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);
