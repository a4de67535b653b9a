import { known, type Estate, type EstateFunction } from "../../../src/adopt/estate/estate.ts";
import type { InPlace } from "../../../src/adopt/switch/in-place.ts";
import type { LiveRole } from "../../../src/model/live.ts";
import { estate, estateFunction, estateIam, estateRole } from "../../support/adopt/estate.ts";
import { ESTATE_ACCOUNT_TEXT, importPlan, type ImportSetting } from "../../support/adopt/import.ts";
import { policyText } from "../../support/adopt/policies.ts";

export interface Scene extends ImportSetting {
  readonly role?: Partial<LiveRole>;
  readonly found?: Partial<EstateFunction>;
  readonly others?: readonly EstateFunction[];
  readonly estate?: Partial<Estate>;
}

/** For the function `orders` on `orders-role`; others are added by the scene. */
export function placeOf(scene: Scene): InPlace | null {
  const role = estateRole("orders-role", { description: "", ...scene.role });
  const functions = [
    estateFunction("orders", { roleArn: role.arn, ...scene.found }),
    ...(scene.others ?? []),
  ];
  const read = estate({
    functions,
    iam: known(estateIam([role, estateRole("reports-role")])),
    ...scene.estate,
  });
  const plan = importPlan(read, scene);
  return plan.functions.find(({ found }) => found.name === "orders")?.inPlace ?? null;
}

export const ROLE = "arn:aws:iam::111122223333:role/orders-role";
export const account = (spec: string) => ({
  files: { "platform/accounts.yaml": ESTATE_ACCOUNT_TEXT.replace("\nspec:\n", `\nspec:\n${spec}`) },
});
export const tags = (key: string, value: string) => ({ role: { tags: [{ key, value }] } });
export const trusting = (Principal: object) => ({
  role: {
    trust: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }],
    }),
  },
});
export const at = (path: string) => ({
  role: { path, arn: `arn:aws:iam::111122223333:role${path}orders-role` as never },
});
const queues = Array.from({ length: 130 }, (_, index) => `arn:aws:sqs:eu-west-1:111122223333:jobs-${index}`);
export const LARGE = {
  inline: [{ name: "app", text: policyText([{ Effect: "Deny", Action: "sqs:*", NotResource: queues }]) }],
};
export const reports = (more: Partial<EstateFunction>) => [estateFunction("reports", more)];
export const listed = (count: number) =>
  Array.from({ length: count }, (_, index) => `arn:aws:iam::111122223333:role/r${index}`).join(", ");
