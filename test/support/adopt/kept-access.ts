/** Whether functions keep what they may do, asked of the second evaluator, which shares no code with src. */
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { nameInArn } from "../../../src/model/aws/arn.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import { liveFunction, liveRole, type LiveAccount, type LiveRole } from "../../../src/model/live.ts";
import { allows, type EvaluatedRequest } from "../policies/evaluator.ts";
import { isNeverMade } from "../policies/impossible-requests.ts";

/** A function, and the documents that Git declares for it. */
export interface WatchedFunction {
  readonly binding: Pick<DesiredBinding, "key" | "region" | "functionName">;
  readonly declared: readonly string[];
}

interface AccessOptions {
  /** Whether Grantkeeper manages the role of the function now: then it revokes what others add to the declared permissions. */
  readonly isManaged: (binding: WatchedFunction["binding"], live: LiveAccount) => boolean;
  /** More documents whose permissions are asked about. */
  readonly asked: readonly string[];
}

const MOST_REQUESTS = 24;

/**
 * What each function may do, compared from one moment to the next. Once Grantkeeper manages its role, others can add only
 * what Git declares; what the function had before is kept, declared or not.
 */
export class KeptAccess {
  readonly losses: string[] = [];
  readonly #requests: ReadonlyMap<WatchedFunction, readonly EvaluatedRequest[]>;
  readonly #allowed = new Map<WatchedFunction, readonly boolean[]>();
  readonly #byKey: ReadonlyMap<string, WatchedFunction>;
  readonly #isManaged: AccessOptions["isManaged"];

  constructor(
    watched: readonly WatchedFunction[],
    live: LiveAccount,
    { isManaged, asked }: AccessOptions = { isManaged: () => true, asked: [] },
  ) {
    this.#isManaged = isManaged;
    const more = requestsAbout(asked);
    this.#requests = new Map(
      watched.map((one) => [one, [...more, ...requestsAbout([...documentsOf(one, live), ...one.declared])]]),
    );
    this.#byKey = new Map(watched.map((one) => [one.binding.key, one]));
    this.changedByOthers(live);
  }

  /** How many requests are asked at each moment, of all functions together. */
  get asked(): number {
    return [...this.#requests.values()].reduce((sum, one) => sum + one.length, 0);
  }

  /** Others may revoke what they want. @param keys of the functions; missing: all */
  changedByOthers(live: LiveAccount, keys?: ReadonlySet<string>): void {
    for (const one of this.#named(keys)) {
      const isManaged = this.#isManaged(one.binding, live);
      const now = this.#answers(one, live);
      this.#allowed.set(one, isManaged ? this.#declaredOf(one, now) : now);
    }
  }

  /** After a write of Grantkeeper. @param keys of the functions that it may concern; missing: all */
  check(live: LiveAccount, when: string, keys?: ReadonlySet<string>): void {
    for (const one of this.#named(keys)) {
      const [before, now] = [this.#allowed.get(one) ?? [], this.#answers(one, live)];
      this.#allowed.set(one, keptAfter(before, now, this.#declaredOf(one, now)));
      const asked = this.#requests.get(one) ?? [];
      const lost = before.flatMap((was, at) => (was && now[at] === false ? [textOf(asked[at])] : []));
      if (lost.length > 0) this.losses.push(`${when}: ${one.binding.functionName} lost ${lost.join(", ")}`);
    }
  }

  #named(keys: ReadonlySet<string> | undefined): Iterable<WatchedFunction> {
    if (keys === undefined) return this.#requests.keys();
    return [...keys].flatMap((key) => this.#byKey.get(key) ?? []);
  }

  /** What the declared documents allow that a role with these documents does not; empty: it has all of it. */
  missing(key: string, { inline, attachments }: LiveRole, live: LiveAccount): readonly string[] {
    const one = this.#byKey.get(key);
    const asked = one === undefined ? [] : (this.#requests.get(one) ?? []);
    const documents = policiesOf({ inline, attachments }, live);
    return asked.flatMap((request) => {
      const isDeclared = one !== undefined && allows({ documents: one.declared, boundary: null }, request);
      return isDeclared && !allows({ documents, boundary: null }, request) ? [textOf(request)] : [];
    });
  }

  #answers(one: WatchedFunction, live: LiveAccount): readonly boolean[] {
    const role = roleOf(one, live);
    const asked = this.#requests.get(one) ?? [];
    if (role === null || !isAssumedByLambda(role)) return asked.map(() => false);
    const documents = policiesOf(role, live);
    const boundary = role.boundary === null ? null : textOfPolicy(role.boundary, live);
    return asked.map((request) => allows({ documents, boundary }, request));
  }

  /** Of these answers, those that the declared documents give too. */
  #declaredOf(one: WatchedFunction, answers: readonly boolean[]): readonly boolean[] {
    const asked = this.#requests.get(one) ?? [];
    const declared = { documents: one.declared, boundary: null };
    return asked.map((request, at) => answers[at] === true && allows(declared, request));
  }
}

/** A write of Grantkeeper adds nothing to keep but what is declared. */
function keptAfter(
  before: readonly boolean[],
  now: readonly boolean[],
  declared: readonly boolean[],
): readonly boolean[] {
  return now.map((isAllowed, at) => isAllowed && (before[at] === true || declared[at] === true));
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

function policiesOf(
  { inline, attachments }: Pick<LiveRole, "inline" | "attachments">,
  live: LiveAccount,
): readonly string[] {
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

/** One possible request for each action and resource of an Allow, with and without what its conditions ask: evenly chosen. */
export function requestsAbout(documents: readonly string[]): readonly EvaluatedRequest[] {
  const drawn = documents.flatMap(statementsIn).flatMap(requestsOf);
  const all = drawn.filter((one) => !isNeverMade(one));
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
