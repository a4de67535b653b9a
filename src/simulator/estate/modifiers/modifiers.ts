import type { Situation } from "../situations.ts";
import * as ofFunction from "./function.ts";
import * as ofRole from "./role.ts";
import type { Modify } from "./role.ts";

/**
 * How a function comes into each situation, in the order in which the modifiers run; null: by its deployment alone.
 * The edge replaces tags and name, and the quota is filled at the end.
 */
export const MODIFIERS: Readonly<Record<Situation, Modify | null>> = {
  "shared-role": null,
  "service-role-path": null,
  "cdk-names": null,
  sam: ofFunction.addApiEvent,
  serverless: null,
  "terraform-for-each": null,
  "longest-name": null,
  edge: ofFunction.replicate,
  "console-logs-policy": ofRole.writeConsoleLogsPolicy,
  "three-policy-kinds": ofRole.addThreePolicyKinds,
  administrator: ofRole.attachAdministrator,
  "trust-names-account": ofRole.trustAccount,
  "container-image": ofFunction.useImage,
  vpc: ofFunction.joinVpc,
  destinations: ofFunction.setDestinations,
  "cross-account-caller": ofFunction.allowAccount,
  "api-gateway-console-sid": ofFunction.addConsoleApi,
  "s3-without-source-account": ofFunction.addBucketWithoutAccount,
  "event-rule-wildcard": ofFunction.addAnyRule,
  "dangling-principal": ofFunction.addDeletedCaller,
  "policy-unreadable": ofFunction.denyPolicy,
  "not-action": ofRole.allowAllButIam,
  "extra-condition": ofRole.addCondition,
  "foreign-boundary": ofRole.setForeignBoundary,
  "alias-on-old-role": ofFunction.leaveAliasOnFormerRole,
  "quota-size-policy": ofRole.fillQuota,
};
