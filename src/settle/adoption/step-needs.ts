import { nameInArn } from "../../model/aws/arn.ts";
import type { AdoptionNeed } from "../../model/keys/adoption.ts";
import type { PendingStep, SeenFunction } from "./adoption-facts.ts";

export function modeNeeds(mode: SeenFunction["mode"]): readonly AdoptionNeed[] {
  if (mode === "enforce") return [];
  const message = "the mode is observe, which writes nothing";
  return [{ kind: "mode", message, fix: "mode: enforce, in the manifest and in its AwsAccount" }];
}

/** A step with what it waits for: only what is pending can be approved. */
export function stepNeed(kind: AdoptionNeed["kind"], message: string, step: PendingStep): AdoptionNeed {
  if (step.kind === "obstacle") return { kind, message: `${message}; ${step.reason}`, fix: step.fix };
  const fix = step.kind === "approval" ? "approve the pending plan: grantkeeper get approvals --all" : null;
  return { kind, message, fix };
}

export function replacementNeeds({ mode, pending }: SeenFunction): readonly AdoptionNeed[] {
  const message = "the policies of the role are replaced by the declared ones, which grant the same";
  return [...modeNeeds(mode), stepNeed("role-incomplete", message, pending.role)];
}

/** $LATEST runs on another role: its deployer or the binder sets the declared one. */
export function latestNeeds(facts: SeenFunction): readonly AdoptionNeed[] {
  const { roleArn, declaredArn, functionName, mode, pending } = facts;
  if (roleArn === declaredArn) return [];
  const message = `${functionName} runs on role ${nameInArn(roleArn)}`;
  if (pending.switch.kind === "deployer")
    return [{ kind: "function-role", message, fix: `where it is deployed, set its role to ${declaredArn}` }];
  const byBinder = `${message}; Grantkeeper sets the declared one`;
  if (pending.switch.kind === "approval") {
    const fix =
      "approve its wave (grantkeeper get waves) or its own switch (grantkeeper get approvals --all)";
    return [...modeNeeds(mode), { kind: "function-role", message: byBinder, fix }];
  }
  return [...modeNeeds(mode), stepNeed("function-role", byBinder, pending.switch)];
}
