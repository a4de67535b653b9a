import type { DrawnStatement } from "./drawn-policies.ts";

/** No request has the action with the resource: the reasons are in `unusable-permissions.ts`. */
export const UNUSABLE: readonly DrawnStatement[] = [
  { Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::b"] },
  { Effect: "Allow", Action: ["s3:ListBucket", "s3:GetBucketLocation"], Resource: ["arn:aws:s3:::b/*"] },
  {
    Effect: "Allow",
    Action: ["dynamodb:GetItem"],
    Resource: ["arn:aws:dynamodb:eu-west-1:111122223333:table/t/index/*"],
  },
];

/** The same permissions in other statements: divided by actions or by resources, and next to one that no request can use. */
export function rewritten(statements: readonly DrawnStatement[], seed: number): readonly DrawnStatement[] {
  const divided = statements.flatMap((statement, at) => {
    const choice = (seed >> (2 * at)) % 3;
    const { Effect, Action, Resource } = statement;
    if (Effect === "Deny" || Action === undefined || Resource === undefined || choice === 0)
      return [statement];
    return choice === 1
      ? Action.map((action) => ({ ...statement, Action: [action] }))
      : Resource.map((resource) => ({ ...statement, Resource: [resource] }));
  });
  const unusable = UNUSABLE[seed % (UNUSABLE.length + 1)];
  return unusable === undefined ? divided : divided.toSpliced(seed % (divided.length + 1), 0, unusable);
}
