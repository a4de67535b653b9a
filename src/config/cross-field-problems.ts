import { parseNamespace } from "../model/aws/ids.ts";
import { routeName } from "./alerts/alert-routes.ts";
import { endpointProblems } from "./endpoints/endpoints.ts";
import type { ConfigProblem } from "./problem.ts";
import type { PlaceOf } from "./read-file.ts";
import type { ParsedConfig } from "./schema.ts";
import { approverProblems } from "./approver-problems.ts";
import { reviewerProblems } from "./git/reviewer-problems.ts";
import { sourceProblems, sourceListProblems } from "./git/source-list-problems.ts";
import { checkedQueueUrl, queueFipsProblem } from "../model/aws/queue-url.ts";
import type { ParsedHttp } from "./http/http-schema.ts";

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
    reviewerProblems,
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
  for (const [index, { namespaces }] of tokens.entries())
    yield* namespaceProblems(namespaces, placeOf(["tokens", index, "namespaces"]));
  const names = tokens.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) !== index)
      yield { where: placeOf(["tokens", index, "name"]), message: `duplicate token name "${name}"` };
  }
}

function* namespaceProblems(namespaces: readonly string[], where: string): Generator<ConfigProblem> {
  for (const namespace of namespaces)
    if (namespace !== "*" && parseNamespace(namespace) === undefined)
      yield {
        where,
        message: `"${namespace}" is not a namespace (expected the name of a team's folder or "*")`,
      };
}

function* alertProblems({ alerts }: ParsedConfig, placeOf: PlaceOf): Generator<ConfigProblem> {
  const names = alerts.map(({ name }, index) => routeName(name, index));
  for (const [index, { namespaces, fallback }] of alerts.entries()) {
    const own = names[index] ?? "";
    if (names.indexOf(own) !== index)
      yield { where: placeOf(["alerts", index]), message: `duplicate route name "${own}"` };
    yield* namespaceProblems(namespaces, placeOf(["alerts", index, "namespaces"]));
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

function* changeQueueProblems(
  { aws, changeEvents }: ParsedConfig,
  placeOf: PlaceOf,
): Generator<ConfigProblem> {
  const urls = changeEvents.map(({ queueUrl: text }) => checkedQueueUrl(text).arn);
  for (const [index, { queueUrl: text }] of changeEvents.entries()) {
    const where = placeOf(["changeEvents", index, "queueUrl"]);
    if (urls.indexOf(urls[index] ?? "") !== index) yield { where, message: "the queue is listed twice" };
    const ofFips = aws.fips ? queueFipsProblem(text) : null;
    if (ofFips !== null) yield { where, message: ofFips };
  }
}

/** The rules between the fields of `http`. */
function* httpProblems(
  { http: { oidc, publicUrl } }: { readonly http: ParsedHttp },
  placeOf: PlaceOf,
): Generator<ConfigProblem> {
  if (oidc === undefined) return;
  if (publicUrl === undefined)
    yield {
      where: placeOf(["http", "oidc"]),
      message: "http.oidc needs http.publicUrl, to which the provider sends people back",
      fix: "add the address of the page: publicUrl: https://grantkeeper.example.com",
    };
  for (const [index, { namespaces }] of oidc.grants.entries())
    yield* namespaceProblems(namespaces, placeOf(["http", "oidc", "grants", index, "namespaces"]));
}

/** What only one kind of record has. */
function* stateProblems(
  { state, replicas, backups }: ParsedConfig,
  placeOf: PlaceOf,
): Generator<ConfigProblem> {
  if (state.database !== undefined && typeof backups.maxAge === "number")
    yield {
      where: placeOf(["backups", "maxAge"]),
      message: "backups.maxAge is not available with state.database: watch the backups of the database",
      fix: "remove backups.maxAge",
    };
  if (!replicas.shareAccounts) return;
  const where = placeOf(["replicas", "shareAccounts"]);
  if (state.database === undefined)
    yield {
      where,
      message: "replicas.shareAccounts needs state.database: a record in stateDir has one process",
      fix: "add state.database, or remove replicas.shareAccounts",
    };
}
