import type { Actuator, ActuatorContext } from "../../controller/ports/actuator.ts";
import type { Action } from "../../model/plan.ts";
import { AwsError } from "../../model/aws/errors/aws-error.ts";
import { arnParts } from "../../model/aws/arn.ts";
import type { Region } from "../../model/aws/ids.ts";
import { ok, resultOf } from "../../model/values/result.ts";
import { revisionParts } from "../../model/values/revision.ts";
import { keyParts } from "../../model/keys/key.ts";
import { WRITE_COMMANDS } from "./commands.ts";
import type { AwsGateway } from "../requests/gateway.ts";
import { sessionTags } from "../calls/session-tags.ts";
import { permissionFor } from "../calls/permissions.ts";
import type { PolicyAttributes } from "../observe/policy-attributes.ts";

/** Carries out actions: one call for each action, never repeated. */
export class AwsActuator implements Actuator {
  readonly #gateway: AwsGateway;
  readonly #policyAttributes: PolicyAttributes;

  constructor(gateway: AwsGateway, policyAttributes: PolicyAttributes) {
    this.#gateway = gateway;
    this.#policyAttributes = policyAttributes;
  }

  async apply(action: Action, context: ActuatorContext, signal: AbortSignal): ReturnType<Actuator["apply"]> {
    const { command, service, needsRevision } = WRITE_COMMANDS[action.call];
    const withRevision = needsRevision && context.revisionId !== null;
    const input = withRevision ? { ...action.input, RevisionId: context.revisionId } : action.input;
    const { account, pass } = context;
    const request = {
      principal: {
        account,
        identity: writingIdentity(action),
        pass,
        writes: writtenBy(action),
        tags: sessionTags(action.key, revisionParts(context.revision).hash),
      },
      call: action.call,
      region: service === "lambda" ? regionOf(action) : null,
      input,
      command: () => command(input),
      intent: context.intent,
    };
    try {
      const answer = await resultOf(this.#gateway.send(request, signal), AwsError);
      return answer.kind === "err" ? answer : ok({ requestId: answer.value.$metadata.requestId ?? "" });
    } finally {
      this.#policyAttributes.forget(action.target);
    }
  }
}

/**
 * The target of the action. A function that gets a role: also that role, and the keys of its region, because Lambda uses
 * the key of the function's environment with the permissions of the caller.
 */
function writtenBy({ target, input: { Role } }: Action): readonly string[] {
  if (typeof Role !== "string") return [target];
  const { partition, region } = arnParts(target);
  return [target, Role, `arn:${partition}:kms:${region}:*:key/*`];
}

function writingIdentity(action: Action): "writer" | "binder" {
  return permissionFor(action.call).identity === "binder" ? "binder" : "writer";
}

function regionOf(action: Action): Region {
  const parts = keyParts(action.key);
  if (parts.kind !== "function")
    throw new Error(`${action.call} belongs to a function, not to ${action.key}`);
  return parts.region;
}
