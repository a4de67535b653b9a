import { own, type Call, type Input, type Output, SimulatedError } from "./contract.ts";
import type { AuthenticatedCaller } from "./auth/authentication.ts";
import { cloudformationOperations } from "./cloudformation/operations.ts";
import type { TrailHistory } from "./cloudtrail/history.ts";
import { cloudtrailOperations } from "./cloudtrail/operations.ts";
import { iamLookup, type LookupSource, roleByArn } from "./iam/lookup.ts";
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
    if (action.service === "iam") return this.#runIam(action, call);
    if (action.service === "lambda") return this.#runLambda(action, call);
    if (action.service === "organizations")
      return { output: this.#runOrganizations(action, call), effective: false };
    if (action.service === "cloudformation")
      return { output: this.#runCloudFormation(action, call), effective: false };
    if (action.service === "cloudtrail")
      return { output: this.#runCloudTrail(action, call), effective: false };
    if (action.service === "tag") return { output: this.#runTagging(action, call, source), effective: false };
    if (action.service === "ssm") return { output: this.#runSsm(action, call), effective: false };
    if (action.service === "sqs") return { output: this.#runSqs(action, call), effective: false };
    return { output: this.#runSts(action, call, source), effective: false };
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

  #runOrganizations(action: AcceptedCall, call: Call): Output {
    const operation = own(organizationsOperations, action.operation) ?? notSimulated(action);
    return operation(this.#world.organizations ?? {}, action.input, call);
  }

  #runCloudFormation(action: AcceptedCall, call: Call): Output {
    const operation = own(cloudformationOperations, action.operation) ?? notSimulated(action);
    return operation(action.caller.account.stacks?.[call.region] ?? {}, action.input, call);
  }

  #runCloudTrail(action: AcceptedCall, call: Call): Output {
    const operation = own(cloudtrailOperations, action.operation) ?? notSimulated(action);
    return operation(this.#history.shown(call.accountId, call.region, call.nowMs), action.input, call);
  }

  #runTagging(action: AcceptedCall, call: Call, source: LookupSource): Output {
    const operation = own(taggingOperations, action.operation) ?? notSimulated(action);
    const { account } = action.caller;
    const scope = {
      iam: source.iamOf(account.id) ?? account.iam,
      lambda: account.lambda[call.region] ?? emptyLambda(),
      others: account.tagged?.[call.region] ?? {},
    };
    return operation(scope, action.input, call);
  }

  #runSqs(action: AcceptedCall, call: Call): Output {
    const operation = own(sqsOperations, action.operation) ?? notSimulated(action);
    return operation(action.caller.account.queues ?? {}, action.input, call);
  }

  #runSsm(action: AcceptedCall, call: Call): Output {
    const operation = own(ssmOperations, action.operation) ?? notSimulated(action);
    return operation(action.caller.account.parameters?.[call.region] ?? {}, action.input, call);
  }

  #runSts(action: AcceptedCall, call: Call, source: LookupSource): Output {
    const operation = own(stsOperations, action.operation) ?? notSimulated(action);
    const { caller } = action;
    const scope: StsScope = {
      accessKeys: this.#world.accessKeys,
      caller: caller.key,
      callerOrganizationId: caller.account.organizationId,
      roleByArn: (arn) => roleByArn(source, arn),
    };
    return operation(scope, action.input, call);
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
  const { partition, accountId, region } = call;
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
  const controlled = denials === undefined ? undefined : withheld(denials, needed, "denies");
  if (controlled !== undefined) throw deniedBy("service control policy", controlled, action);
  const limited = session === undefined ? undefined : withheld(session, needed, "allows");
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
