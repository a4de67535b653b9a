import { parseNamespace } from "../model/aws/ids.ts";
import { routeName } from "./alerts/alert-routes.ts";
import { changeQueueProblems } from "./events/problems.ts";
import { endpointProblems } from "./endpoints/endpoints.ts";
import { httpProblems } from "./http/http-problems.ts";
import type { ConfigProblem } from "./problem.ts";
import type { PlaceOf } from "./read-file.ts";
import type { ParsedConfig } from "./schema.ts";
import { stateProblems } from "./state/state-problems.ts";
import { sourceProblems, sourceListProblems } from "./git/source-list-problems.ts";

/** Checks the rules between fields. */
export function crossFieldProblems(file: ParsedConfig, placeOf: PlaceOf): readonly ConfigProblem[] {
  return [
    awsProblems,
    endpointProblems,
    tokenProblems,
    approverProblems,
    httpProblems,
    sourceProblems,
    sourceListProblems,
    alertProblems,
    changeQueueProblems,
    stateProblems,
  ].flatMap((check) => [...check(file, placeOf)]);
}

function* awsProblems({ aws, sweep }: ParsedConfig, placeOf: PlaceOf): Generator<ConfigProblem> {
  if (aws.simulator) return;
  if (aws.endpoint !== null)
    yield {
      where: placeOf(["aws", "endpoint"]),
      message: "a custom endpoint is refused unless aws.simulator is true",
      fix: "name the endpoints of a private network in aws.endpoints",
    };
  for (const field of ["propagationWait", "deleteQuiet", "revert", "waveInterval"] as const) {
    if (aws[field] !== undefined)
      yield {
        where: placeOf(["aws", field]),
        message: `aws.${field} is allowed only with aws.simulator: true; set it in the AwsAccount manifest instead`,
      };
  }
  // A full read of an account takes many calls: a shorter interval would use up its request quota.
  if (sweep < 60_000) yield { where: placeOf(["sweep"]), message: "expected at least 1m on AWS" };
}

function* tokenProblems({ tokens }: ParsedConfig, placeOf: PlaceOf): Generator<ConfigProblem> {
  for (const [index, { namespaces }] of tokens.entries()) {
    for (const namespace of namespaces.filter((text) => text !== "*" && parseNamespace(text) === undefined))
      yield {
        where: placeOf(["tokens", index, "namespaces"]),
        message: `"${namespace}" is not a namespace (expected the name of a team's folder or "*")`,
      };
  }
  const names = tokens.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) !== index)
      yield { where: placeOf(["tokens", index, "name"]), message: `duplicate token name "${name}"` };
  }
}

/** The token in the state directory has this name. */
const LOCAL = "local";

function* approverProblems({ approvers, tokens }: ParsedConfig, placeOf: PlaceOf): Generator<ConfigProblem> {
  for (const [group, members] of Object.entries(approvers))
    for (const [at, member] of members.entries()) {
      const token = tokens.find(({ name }) => name === member);
      const where = placeOf(["approvers", group, at]);
      if (token === undefined && member !== LOCAL) yield { where, message: `no token is named "${member}"` };
      if (token !== undefined && !token.scopes.includes("approve"))
        yield { where, message: `token "${member}" may approve nothing: add approve to its scopes` };
    }
}

function* alertProblems({ alerts }: ParsedConfig, placeOf: PlaceOf): Generator<ConfigProblem> {
  const names = alerts.map(({ name }, index) => routeName(name, index));
  for (const [index, { namespaces, fallback }] of alerts.entries()) {
    const own = names[index] ?? "";
    if (names.indexOf(own) !== index)
      yield { where: placeOf(["alerts", index]), message: `duplicate route name "${own}"` };
    for (const namespace of namespaces.filter((text) => text !== "*" && parseNamespace(text) === undefined))
      yield {
        where: placeOf(["alerts", index, "namespaces"]),
        message: `"${namespace}" is not a namespace (expected the name of a team's folder or "*")`,
      };
    if (fallback === undefined) continue;
    const other = alerts[names.indexOf(fallback)];
    const where = placeOf(["alerts", index, "fallback"]);
    if (other === undefined) yield { where, message: `no route is named "${fallback}"` };
    else if (fallback === own || other.fallback !== undefined)
      yield { where, message: `"${fallback}" must be another route, without a fallback of its own` };
    else if (other.alertmanager !== undefined)
      yield {
        where,
        message: `"${fallback}" is an Alertmanager, which takes only incidents; use another route`,
      };
  }
}
