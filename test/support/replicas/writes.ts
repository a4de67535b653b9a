import type { Moment } from "../../../src/simulator/watchers.ts";

/** Whether a call to IAM or Lambda changes something. */
export function isWrite({ service, operation }: Pick<Moment, "service" | "operation">): boolean {
  return service !== "sts" && !/^(Describe|Get|List)/.test(operation);
}
