import {
  known,
  type Estate,
  type EstateFunction,
  type EstateIam,
  type EstatePart,
} from "../../../src/adopt/estate/estate.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import type { LiveResourcePolicy, LiveRole } from "../../../src/model/live.ts";
import { estate, estateFunction, estateIam, estateRole } from "./estate.ts";
import { fileOf, importPlan, outcomeOf } from "./import.ts";
import { grantStatements, policyText } from "./policies.ts";

/** The statements of a grant that reads the table `orders`. */
export const READ = grantStatements("dynamodb", { table: "orders", allow: ["read"] });
export const ORDERS_ARN = "arn:aws:lambda:eu-west-1:111122223333:function:orders";

/** How the function, its role, the account and the repository differ from the usual. */
export interface ImportedParts {
  readonly found?: Partial<EstateFunction>;
  readonly role?: Partial<LiveRole>;
  readonly iam?: Partial<EstateIam>;
  readonly files?: Readonly<Record<string, string>>;
}

/** The function `orders` on `orders-role`. */
export function imported({ found = {}, role = {}, iam = {}, files }: ImportedParts) {
  const functions = [estateFunction("orders", found)];
  const roles = [estateRole("orders-role", { inline: inline(READ), ...role })];
  const all = estate({ functions, iam: known(estateIam(roles, iam)) });
  const plan = importPlan(all, files === undefined ? {} : { files });
  const outcome = outcomeOf(plan, "orders");
  const notes = outcome.kind === "written" ? outcome.notes : [];
  const difference = outcome.kind === "written" ? outcome.difference : null;
  return { plan, outcome, notes, difference, text: outcome.kind === "written" ? fileOf(plan, "orders") : "" };
}

export function inline(statements: readonly Statement[], name = "app"): LiveRole["inline"] {
  return [{ name, text: policyText(statements) }];
}

/** The function `orders` with this resource policy. */
export function calledBy(policy: EstatePart<LiveResourcePolicy | null>): Estate {
  const found = estateFunction("orders", { policies: new Map([["", policy]]) });
  return estate({ functions: [found], iam: known(estateIam([estateRole("orders-role")])) });
}
