/** Whether functions keep what they may do, asked of the second evaluator, which shares no code with src. */
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { nameInArn } from "../../../src/model/aws/arn.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import { liveFunction, liveRole, type LiveAccount, type LiveRole } from "../../../src/model/live.ts";
import { allows, type EvaluatedRequest } from "../policies/evaluator.ts";

/** A function, and the documents that Git declares for it. */
export interface WatchedFunction {
  readonly binding: Pick<DesiredBinding, "key" | "region" | "functionName">;
  readonly declared: readonly string[];
}

const MOST_REQUESTS = 24;

/** What each function may do of what Git declares, compared from one moment to the next. */
export class KeptAccess {
  readonly losses: string[] = [];
  readonly #requests: ReadonlyMap<WatchedFunction, readonly EvaluatedRequest[]>;
  readonly #allowed = new Map<WatchedFunction, readonly boolean[]>();

  constructor(watched: readonly WatchedFunction[], live: LiveAccount) {
    this.#requests = new Map(
      watched.map((one) => [one, requestsAbout([...documentsOf(one, live), ...one.declared])]),
    );
    this.changedByOthers(live);
  }

  /** How many requests are asked at each moment, of all functions together. */
  get asked(): number {
    return [...this.#requests.values()].reduce((sum, one) => sum + one.length, 0);
  }

  /** Others may revoke what they want. @param keys of the functions; missing: all */
  changedByOthers(live: LiveAccount, keys?: ReadonlySet<string>): void {
    for (const one of this.#requests.keys())
      if (keys === undefined || keys.has(one.binding.key)) this.#allowed.set(one, this.#answers(one, live));
  }

  /** After a write of Grantkeeper. @param keys of the functions that it may concern; missing: all */
  check(live: LiveAccount, when: string, keys?: ReadonlySet<string>): void {
    for (const one of this.#requests.keys()) {
      if (keys !== undefined && !keys.has(one.binding.key)) continue;
      const [before, now] = [this.#allowed.get(one) ?? [], this.#answers(one, live)];
      this.#allowed.set(one, now);
      const asked = this.#requests.get(one) ?? [];
      const lost = before.flatMap((was, at) => (was && now[at] === false ? [textOf(asked[at])] : []));
      if (lost.length > 0) this.losses.push(`${when}: ${one.binding.functionName} lost ${lost.join(", ")}`);
    }
  }

  #answers(one: WatchedFunction, live: LiveAccount): readonly boolean[] {
    const role = roleOf(one, live);
    const asked = this.#requests.get(one) ?? [];
    if (role === null || !isAssumedByLambda(role)) return asked.map(() => false);
    const documents = policiesOf(role, live);
    const boundary = role.boundary === null ? null : textOfPolicy(role.boundary, live);
    const declared = { documents: one.declared, boundary: null };
    return asked.map((request) => allows({ documents, boundary }, request) && allows(declared, request));
  }
}

function roleOf({ binding }: WatchedFunction, live: LiveAccount): LiveRole | null {
  const found = liveFunction(live, binding.region, binding.functionName);
  if (found.kind !== "present") return null;
  const role = liveRole(live, nameInArn(found.value.roleArn));
  return role.kind === "present" && role.value.arn === found.value.roleArn ? role.value : null;
}

function documentsOf(one: WatchedFunction, live: LiveAccount): readonly string[] {
  const role = roleOf(one, live);
  return role === null ? [] : policiesOf(role, live);
}

function policiesOf({ inline, attachments }: LiveRole, live: LiveAccount): readonly string[] {
  return [...inline.map(({ text }) => text), ...attachments.map((arn) => textOfPolicy(arn, live))];
}

/** @throws if the test does not know the policy */
export function textOfPolicy(arn: string, { policies, awsManaged }: LiveAccount): string {
  const own = policies.get(arn);
  const ofAws = awsManaged.get(arn);
  if (ofAws?.kind === "present") return ofAws.value.text;
  if (own?.kind !== "present") throw new Error(`no policy ${arn}`);
  const { versions, defaultVersionId } = own.value;
  const text = versions.find(({ id }) => id === defaultVersionId)?.text;
  if (text === undefined) throw new Error(`no default version of ${arn}`);
  return text;
}

function isAssumedByLambda({ trust }: LiveRole): boolean {
  const { Statement: found } = JSON.parse(trust) as { readonly Statement: unknown };
  const statements = [found].flat() as readonly { Effect: string; Principal?: { Service?: unknown } }[];
  return statements.some(
    ({ Effect, Principal }) =>
      Effect === "Allow" && [Principal?.Service].flat().includes("lambda.amazonaws.com"),
  );
}

/** One request for each action and resource of an Allow, with and without what its conditions ask: evenly chosen. */
function requestsAbout(documents: readonly string[]): readonly EvaluatedRequest[] {
  const all = documents.flatMap(statementsIn).flatMap(requestsOf);
  const unique = [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
  const step = Math.max(1, unique.length / MOST_REQUESTS);
  return unique.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step));
}

function requestsOf({ Effect, Action, Resource, Condition = {} }: Statement): readonly EvaluatedRequest[] {
  if (Effect !== "Allow") return [];
  const tests = Object.values(Condition).flatMap((one) => Object.entries(one));
  const context = Object.fromEntries(
    tests.map(([key, values]) => [key.toLowerCase(), concrete([values].flat()[0] ?? "")]),
  );
  const actions = Action === undefined ? ["sqs:SendMessage"] : [Action].flat();
  const resources = Resource === undefined ? ["*"] : [Resource].flat();
  return actions.flatMap((action) =>
    resources.map((resource) => ({
      action: concrete(action),
      resource: resource === "*" ? "arn:aws:s3:::other/x" : concrete(resource),
      context,
    })),
  );
}

function statementsIn(text: string): readonly Statement[] {
  const { Statement: all } = JSON.parse(text) as { readonly Statement: Statement | readonly Statement[] };
  return [all].flat();
}

function concrete(pattern: string): string {
  return pattern.replaceAll("*", "x1").replaceAll("?", "a");
}

function textOf(request: EvaluatedRequest | undefined): string {
  return request === undefined ? "a request" : `${request.action} on ${request.resource}`;
}
