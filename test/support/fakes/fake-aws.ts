import type { Actuator, ActuatorContext } from "../../../src/controller/ports/actuator.ts";
import type { Clock } from "../../../src/controller/ports/clock.ts";
import type { LiveState } from "../../../src/controller/ports/live-state.ts";
import type { Action } from "../../../src/model/plan.ts";
import { AwsError, type AwsErrorFacts, type Disposition } from "../../../src/model/aws/errors/aws-error.ts";
import type { Region } from "../../../src/model/aws/ids.ts";
import {
  livePolicy,
  liveRole,
  type LiveAccount,
  type LiveFunction,
  type LiveRegion,
} from "../../../src/model/live.ts";
import { err, ok } from "../../../src/model/values/result.ts";
import { applyTo } from "../pass/apply.ts";
import type { SweepRequest, TargetedRequest } from "../../../src/model/read-requests.ts";

/** How a call goes wrong. */
export type Mishap =
  /** It has no effect and returns an error. */
  | { readonly kind: "fails"; readonly error: AwsError }
  /** It takes effect, and no answer comes. */
  | { readonly kind: "answer-lost" }
  /** It never arrives, and the caller gets no answer. */
  | { readonly kind: "request-lost" }
  /** The process dies here: before it takes effect, or after. */
  | { readonly kind: "dies-before" }
  | { readonly kind: "dies-after" };

/** What ends a pass as a killed process would: nothing after it runs. */
export class Death extends Error {
  override readonly name = "Death";
}

/** One account of AWS that writes change immediately, by `applyTo`. */
export class FakeAws implements LiveState, Actuator {
  live: LiveAccount;
  /** Asked for each write. */
  mishap: (action: Action, nth: number) => Mishap | null = () => null;
  /** Set: reads fail with it. */
  readError: AwsError | null = null;
  /** Runs before each write: a test looks at the record, or moves the clock. */
  beforeWrite: (action: Action, context: ActuatorContext) => void = () => undefined;
  beforeRead: (request: TargetedRequest) => void = () => undefined;
  readonly writes: Action[] = [];
  readonly sweeps: SweepRequest[] = [];
  readonly reads: TargetedRequest[] = [];
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #inFlight = new Set<string>();
  /** A key that was written twice at the same time. */
  overlaps = 0;

  constructor(live: LiveAccount, clock: Pick<Clock, "nowMs">) {
    this.live = live;
    this.#clock = clock;
  }

  async sweep(request: SweepRequest): ReturnType<LiveState["sweep"]> {
    this.sweeps.push(request);
    if (this.readError !== null) return err(this.readError);
    return ok({ ...this.live, observedAtMs: this.#clock.nowMs() });
  }

  async read(request: TargetedRequest): ReturnType<LiveState["read"]> {
    this.reads.push(request);
    this.beforeRead(request);
    if (this.readError !== null) return err(this.readError);
    const { live } = this;
    return ok({
      ...live,
      observedAtMs: this.#clock.nowMs(),
      complete: false,
      roles: new Map(request.roleNames.map((name) => [name.toLowerCase(), liveRole(live, name)])),
      policies: new Map(request.policyArns.map((arn) => [arn, livePolicy(live, arn)])),
      regions: new Map(
        [...Map.groupBy(request.functions, ({ region }) => region)].map(([region, functions]) => [
          region,
          regionOf(
            live,
            region,
            functions.map(({ functionName }) => functionName),
          ),
        ]),
      ),
    });
  }

  async apply(action: Action, context: ActuatorContext): ReturnType<Actuator["apply"]> {
    if (this.#inFlight.has(action.key)) this.overlaps += 1;
    this.#inFlight.add(action.key);
    try {
      await Promise.resolve();
      this.beforeWrite(action, context);
      return this.#apply(action, context);
    } finally {
      this.#inFlight.delete(action.key);
    }
  }

  #apply(action: Action, { intent }: ActuatorContext): Awaited<ReturnType<Actuator["apply"]>> {
    const mishap = this.mishap(action, this.writes.length + 1);
    if (mishap?.kind === "fails") return err(mishap.error);
    if (mishap?.kind === "dies-before") throw new Death();
    this.writes.push(action);
    if (mishap?.kind !== "request-lost") this.live = applyTo(this.live, [action], this.#clock.nowMs());
    if (mishap?.kind === "dies-after") throw new Death();
    if (mishap !== null) return err(awsError("throttled", { lost: true, code: "TimeoutError" }));
    return ok({ requestId: `request-${intent}` });
  }
}

function regionOf(live: LiveAccount, region: Region, names: readonly string[]): LiveRegion {
  const at = live.regions.get(region);
  if (at === undefined) return { kind: "failed", reason: "no such region" };
  if (at.kind !== "read") return at;
  const found = names.flatMap((name): readonly (readonly [string, LiveFunction])[] => {
    const one = at.functions.get(name);
    return one === undefined ? [] : [[name, one]];
  });
  const functions = new Map(found);
  const absentFunctions = new Set(names.filter((name) => !functions.has(name)));
  return { kind: "read", functions, complete: false, absentFunctions };
}

/** A failed call; `kind` decides what follows. */
export function awsError(kind: Disposition["kind"], change: Partial<AwsErrorFacts> = {}): AwsError {
  const disposition: Disposition =
    kind === "retry"
      ? { kind, deadlineMs: 60_000 }
      : kind === "circuit"
        ? { kind, scope: "object" }
        : { kind };
  return new AwsError({
    call: "iam:PutRolePolicy role/orders-api-eu-west-1",
    action: "iam:PutRolePolicy",
    code: "Code",
    message: "AWS's own words",
    disposition,
    requestId: null,
    lost: false,
    ...change,
  });
}

/** AWS denies a call without which nothing of an account is read. */
export function deniedAccount(call: string): AwsError {
  const disposition = { kind: "circuit", scope: "account" } as const;
  return awsError("circuit", { call, code: "AccessDenied", message: "no", disposition });
}
