import type { Actuator, ActuatorContext } from "../../controller/ports/actuator.ts";
import type { Action } from "../../model/action.ts";
import type { Region } from "../../model/aws/ids.ts";
import { keyParts } from "../../model/keys/key.ts";
import { WRITE_COMMANDS } from "./commands.ts";
import type { AwsGateway } from "../requests/gateway.ts";
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

  async apply(
    action: Action,
    context: ActuatorContext,
    signal: AbortSignal,
  ): Promise<{ readonly requestId: string }> {
    const { command, service, takesRevision } = WRITE_COMMANDS[action.call];
    const withRevision = takesRevision && context.revisionId !== null;
    const input = withRevision ? { ...action.input, RevisionId: context.revisionId } : action.input;
    const request = {
      principal: { account: context.account, identity: writingIdentity(action), pass: context.pass },
      call: action.call,
      region: service === "lambda" ? regionOf(action) : null,
      input,
      command: () => command(input),
      intent: context.intent,
    };
    try {
      const answer = await this.#gateway.send(request, signal);
      return { requestId: answer.$metadata.requestId ?? "" };
    } finally {
      this.#policyAttributes.forget(action.target);
    }
  }
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
