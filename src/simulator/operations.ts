import { own, type Call, type Input, type Operation, type Output, SimulatedError } from "./contract.ts";
import type { AuthenticatedCaller } from "./auth/authentication.ts";
import { cloudformationOperations } from "./cloudformation/operations.ts";
import type { TrailHistory } from "./cloudtrail/history.ts";
import { cloudtrailOperations } from "./cloudtrail/operations.ts";
import { eventBridgeOperations } from "./eventbridge/operations.ts";
import { iamLookup, type LookupSource, simulatedRoleByArn } from "./iam/lookup.ts";
import { iamOperations } from "./iam/operations.ts";
import { requestedPermissions } from "./auth/requested.ts";
import { withheld, type WithheldPermission } from "./auth/session-policy.ts";
import { emptyLambda } from "./lambda/state.ts";
import { organizationsOperations } from "./organizations/operations.ts";
import { lambdaOperations } from "./lambda/operations.ts";
import { sqsOperations } from "./sqs/operations.ts";
import { ssmOperations } from "./ssm/operations.ts";
import { stsOperations, type StsScope } from "./sts/operations.ts";
import { taggingOperations } from "./tagging/operations.ts";
import { secretKey, uniqueId } from "./unique-id.ts";
import { TouchedObjects, Visibility } from "./visibility.ts";
import { serviceNamed, type ServiceName } from "./wire/services.ts";
import type { WorldState } from "./world.ts";

/** The names of all simulated operations. */
export const SIMULATED: Readonly<Record<ServiceName, readonly string[]>> = {
  cloudformation: Object.keys(cloudformationOperations).sort(),
  cloudtrail: Object.keys(cloudtrailOperations).sort(),
  events: Object.keys(eventBridgeOperations).sort(),
  iam: Object.keys(iamOperations).sort(),
  lambda: Object.keys(lambdaOperations).sort(),
  organizations: Object.keys(organizationsOperations).sort(),
  sqs: Object.keys(sqsOperations).sort(),
  ssm: Object.keys(ssmOperations).sort(),
  sts: Object.keys(stsOperations).sort(),
  tag: Object.keys(taggingOperations).sort(),
};

export interface AcceptedCall {
  readonly service: ServiceName;
  readonly operation: string;
  readonly caller: AuthenticatedCaller;
  readonly input: Input;
  readonly requestId: string;
  readonly nowMs: number;
}

export interface Outcome {
  readonly output: Output;
  /** Whether it changed IAM or Lambda. */
  readonly effective: boolean;
}

type OperationsOn<Scope> = Readonly<Record<string, Operation<Scope>>>;

/** Runs operations on their part of the world. */
export class Operations {
  readonly #world: WorldState;
  readonly #visibility: Visibility;
  readonly #history: TrailHistory;

  constructor(world: WorldState, visibilityMs: number, history: TrailHistory) {
    this.#world = world;
    this.#visibility = new Visibility(visibilityMs);
    this.#history = history;
  }

  /** @throws SimulatedError if the service refuses the call */
  run(action: AcceptedCall): Outcome {
    const source = this.#visible(action.nowMs);
    const call = this.#call(action, source);
    authorize(action, call);
    return this.#runs(action, call, source)[action.service]();
  }

  #runs(
    action: AcceptedCall,
    call: Call,
    source: LookupSource,
  ): Readonly<Record<ServiceName, () => Outcome>> {
    const { account, key } = action.caller;
    const { region } = call;
    const run = <Scope>(operations: OperationsOn<Scope>, scope: Scope): Outcome => {
      const operation = own(operations, action.operation) ?? notSimulated(action);
      return { output: operation(scope, action.input, call), effective: false };
    };
    const tagging = () => ({
      iam: source.iamOf(account.id) ?? account.iam,
      lambda: account.lambda[region] ?? emptyLambda(),
      others: account.tagged?.[region] ?? {},
    });
    const sts: StsScope = {
      accessKeys: this.#world.accessKeys,
      caller: key,
      callerOrganizationId: account.organizationId,
      roleByArn: (arn) => simulatedRoleByArn(source, arn),
    };
    const trail = () => this.#history.shown(call.accountId, region, call.nowMs);
    return {
      iam: () => this.#runIam(action, call),
      lambda: () => this.#runLambda(action, call),
      organizations: () => run(organizationsOperations, this.#world.organizations ?? {}),
      cloudformation: () => run(cloudformationOperations, account.stacks?.[region] ?? {}),
      cloudtrail: () => run(cloudtrailOperations, trail()),
      events: () => run(eventBridgeOperations, account.eventBuses?.[region] ?? {}),
      tag: () => run(taggingOperations, tagging()),
      sqs: () => run(sqsOperations, account.queues ?? {}),
      ssm: () => run(ssmOperations, account.parameters?.[region] ?? {}),
      sts: () => run(stsOperations, sts),
    };
  }

  #call({ caller, nowMs, requestId }: AcceptedCall, source: LookupSource): Call {
    return {
      accountId: caller.account.id,
      partition: caller.account.partition,
      region: caller.region,
      nowMs,
      principalArn: caller.key.principalArn,
      requestId,
      newId: (prefix) => uniqueId(this.#world, prefix),
      newSecret: () => secretKey(this.#world),
      iam: iamLookup(source),
    };
  }

  /** IAM as services see it: changes become visible to them with the same delay as to readers. */
  #visible(nowMs: number): LookupSource {
    return {
      accountIds: () => Object.keys(this.#world.accounts),
      iamOf: (accountId) => {
        const account = this.#world.accounts[accountId];
        return account === undefined ? undefined : this.#visibility.view(account.iam, nowMs);
      },
    };
  }

  #runIam(action: AcceptedCall, call: Call): Outcome {
    const operation = own(iamOperations, action.operation) ?? notSimulated(action);
    const { account } = action.caller;
    const { awsManaged } = this.#world;
    if (isRead(action.operation)) {
      const visible = this.#visibility.view(account.iam, call.nowMs);
      return { output: operation({ account: visible, awsManaged }, action.input, call), effective: false };
    }
    const touched = new TouchedObjects(
      account.iam,
      `arn:${account.partition}:iam::${account.id}`,
      action.input,
    );
    const output = operation({ account: account.iam, awsManaged }, action.input, call);
    const changed = touched.changed();
    this.#visibility.record(account.iam, changed, call.nowMs);
    return { output, effective: changed.length > 0 };
  }

  #runLambda(action: AcceptedCall, call: Call): Outcome {
    const operation = own(lambdaOperations, action.operation) ?? notSimulated(action);
    const { lambda } = action.caller.account;
    const state = (lambda[action.caller.region] ??= emptyLambda());
    return { output: operation(state, action.input, call), effective: !isRead(action.operation) };
  }
}

/**
 * By the session policy and the denials of the account alone. STS needs no permission for GetCallerIdentity, and the
 * trust decides about AssumeRole.
 */
function authorize(action: AcceptedCall, call: Call): void {
  const { service, operation, caller, input } = action;
  const session = caller.key.session?.policy;
  const { iam, lambda: regions, denials } = caller.account;
  if ((session === undefined && denials === undefined) || service === "sts") return;
  const { partition, accountId, region, nowMs } = call;
  const lambda = regions[region] ?? emptyLambda();
  const needed = requestedPermissions({
    service,
    operation,
    input,
    partition,
    accountId,
    region,
    iam,
    lambda,
  });
  const controlled =
    denials === undefined ? undefined : withheld(denials, needed, { effect: "denies", nowMs });
  if (controlled !== undefined) throw deniedBy("service control policy", controlled, action);
  const limited = session === undefined ? undefined : withheld(session, needed, { effect: "allows", nowMs });
  if (limited !== undefined) throw deniedBy("session policy", limited, action);
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
function deniedBy(
  policy: "service control policy" | "session policy",
  { action, resource, isExplicit }: WithheldPermission,
  { service, caller }: AcceptedCall,
): SimulatedError {
  const why = isExplicit
    ? `with an explicit deny in a ${policy}`
    : `because no ${policy} allows the ${action} action`;
  const { principalArn } = caller.key;
  return serviceNamed(service).failures.accessDenied(
    `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
  );
}

function isRead(operation: string): boolean {
  return /^(Get|List)/.test(operation);
}

/** A clear error that an SDK does not retry. */
function notSimulated({ service, operation }: AcceptedCall): never {
  throw new SimulatedError("NotSimulated", `${service}:${operation} is not simulated`, 501);
}
