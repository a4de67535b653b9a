import type { Dialect } from "../model/policy-document.ts";
import { nearestName } from "./nearest.ts";
import { ELEMENTS } from "./statement.ts";
import { conditionFaults } from "./strict/condition.ts";
import { fault, textFaults, type StatementFault } from "./strict/fault.ts";
import { principalFaults } from "./strict/principal.ts";
import { resourceFaults } from "./strict/resource.ts";
import { isObject } from "./text.ts";

type Written = Readonly<Record<string, unknown>>;

/** Everything that is wrong with a statement that somebody wrote, in the order of the elements; empty when IAM takes it. */
export function checkStatement(statement: unknown, dialect: Dialect): readonly StatementFault[] {
  if (!isObject(statement))
    return [fault("", "a statement is an object", "write Effect, Action and Resource")];
  return [
    ...unknownElements(statement),
    ...sidFaults(statement["Sid"], dialect),
    ...effectFaults(statement["Effect"]),
    ...principalPart(statement, dialect),
    ...actionPart(statement),
    ...resourcePart(statement, dialect),
    ...(statement["Condition"] === undefined ? [] : conditionFaults(statement["Condition"])),
  ];
}

function unknownElements(statement: Written): readonly StatementFault[] {
  const unknown = Object.keys(statement).filter((name) => !(ELEMENTS as readonly string[]).includes(name));
  return unknown.map((name) => {
    const meant = nearestName(name, ELEMENTS);
    return fault(name, `unknown element "${name}"`, meant === undefined ? "remove it" : `write "${meant}"`);
  });
}

function sidFaults(sid: unknown, dialect: Dialect): readonly StatementFault[] {
  if (sid === undefined) return [];
  const ofResource = dialect === "resource";
  const pattern = ofResource ? /^[A-Za-z0-9_-]{1,100}$/ : /^[A-Za-z0-9]*$/;
  if (typeof sid === "string" && pattern.test(sid)) return [];
  const mend = ofResource ? "use up to 100 letters, digits, - and _" : "use letters and digits only";
  return [fault("Sid", `Sid ${JSON.stringify(sid)} is not allowed`, mend)];
}

function effectFaults(effect: unknown): readonly StatementFault[] {
  if (effect === "Allow" || effect === "Deny") return [];
  if (effect === undefined) return [fault("Effect", "Effect is missing", 'write "Allow" or "Deny"')];
  const meant = typeof effect === "string" ? nearestName(effect, ["Allow", "Deny"]) : undefined;
  const mend = meant === undefined ? 'write "Allow" or "Deny"' : `write "${meant}"`;
  return [fault("Effect", `Effect is "Allow" or "Deny" exactly, not ${JSON.stringify(effect)}`, mend)];
}

/** Faults of a pair of elements of which one stands; undefined when the pair itself is right. */
function pairFault(statement: Written, name: string): StatementFault | undefined {
  const not = `Not${name}`;
  if (name in statement && not in statement) {
    return fault(not, `${name} and ${not} exclude each other`, `remove one of them`);
  }
  if (name in statement || not in statement) return undefined;
  return fault(name, `${name} is missing`, `write ${name}`);
}

function principalPart(statement: Written, dialect: Dialect): readonly StatementFault[] {
  if (dialect === "identity" || dialect === "boundary") return refused(statement, "Principal", dialect);
  const pair = pairFault(statement, "Principal");
  if (pair !== undefined) return [pair];
  const name = "Principal" in statement ? "Principal" : "NotPrincipal";
  return principalFaults(name, statement[name], dialect);
}

function resourcePart(statement: Written, dialect: Dialect): readonly StatementFault[] {
  if (dialect === "trust") return refused(statement, "Resource", dialect);
  const pair = pairFault(statement, "Resource");
  if (pair !== undefined) return [pair];
  const name = "Resource" in statement ? "Resource" : "NotResource";
  return textFaults(name, statement[name], resourceFaults);
}

function refused(statement: Written, name: string, dialect: Dialect): readonly StatementFault[] {
  return [name, `Not${name}`]
    .filter((element) => element in statement)
    .map((element) =>
      fault(element, `${element} has no place in a statement of a ${NAMES[dialect]}`, "remove it"),
    );
}

const NAMES = {
  identity: "role's policy",
  boundary: "boundary",
  trust: "trust policy",
  resource: "resource policy",
} as const satisfies Record<Dialect, string>;

function actionPart(statement: Written): readonly StatementFault[] {
  const pair = pairFault(statement, "Action");
  if (pair !== undefined) return [pair];
  const name = "Action" in statement ? "Action" : "NotAction";
  return textFaults(name, statement[name], actionFaults);
}

function actionFaults(path: string, action: string): readonly StatementFault[] {
  if (action === "*") return [];
  const [service = "", ...rest] = action.split(":");
  if (rest.length === 0)
    return [fault(path, `action "${action}" has no service prefix`, 'write it as "service:Action"')];
  if (rest.length > 1)
    return [fault(path, `action "${action}" has more than one colon`, 'write it as "service:Action"')];
  if (/^[A-Za-z0-9.*?_-]+$/.test(service)) return [];
  return [
    fault(path, `"${service}" is not a service prefix`, "use the prefix of AWS's action list, such as s3"),
  ];
}
