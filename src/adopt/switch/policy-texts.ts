import { parsedJson } from "../../text/json-values.ts";
import { unreadText, type Estate, type EstateIam } from "../estate/estate.ts";

/** A policy that was read, and where it is. */
export interface PlacedPolicy {
  /** `trust of role orders`. */
  readonly place: string;
  readonly text: string;
}

export interface PolicyTexts {
  readonly policies: readonly PlacedPolicy[];
  /** Policies of these kinds that could not be read, each with the reason. */
  readonly unread: readonly string[];
}

/** Every policy of the account's roles, its own policies and the resource policies of its functions, as far as they were read. */
export function policyTexts(estates: readonly Estate[]): PolicyTexts {
  const iam = estates.map((estate) => estate.iam);
  const known = iam.find((one) => one.kind === "known");
  const failed = iam.find((one) => one.kind === "unknown");
  const ofIam = known === undefined ? NOTHING : iamTexts(known.value);
  const ofFunctions = estates.map(functionTexts);
  return {
    policies: [...ofIam.policies, ...ofFunctions.flatMap((one) => one.policies)],
    unread: [
      ...(known === undefined && failed?.kind === "unknown"
        ? [`roles and policies of IAM: ${unreadText(failed)}`]
        : []),
      ...ofIam.unread,
      ...ofFunctions.flatMap((one) => one.unread),
    ],
  };
}

const NOTHING: PolicyTexts = { policies: [], unread: [] };

function iamTexts({ roles, policies }: EstateIam): PolicyTexts {
  const found: PlacedPolicy[] = [];
  const unread: string[] = [];
  for (const [name, role] of roles)
    if (role.kind === "unknown") unread.push(`role ${name}: ${role.reason}`);
    else if (role.kind === "present") {
      const { trust, inline } = role.value;
      found.push({ place: `trust of role ${role.value.name}`, text: trust });
      for (const one of inline)
        found.push({ place: `inline policy ${one.name} of role ${role.value.name}`, text: one.text });
    }
  for (const [arn, policy] of policies)
    if (policy.kind === "unknown") unread.push(`policy ${arn}: ${policy.reason}`);
    else if (policy.kind === "present") {
      const { name, versions, defaultVersionId } = policy.value;
      const text = versions.find(({ id }) => id === defaultVersionId)?.text;
      if (text === undefined) unread.push(`policy ${arn}: its default version was not read`);
      else found.push({ place: `policy ${name}`, text });
    }
  return { policies: found, unread };
}

function functionTexts({ functions, region }: Estate): PolicyTexts {
  const found: PlacedPolicy[] = [];
  const unread: string[] = [];
  for (const { name, policies } of functions)
    for (const [qualifier, policy] of policies) {
      const place = `resource policy of function ${name}${qualifier === "" ? "" : `:${qualifier}`} in ${region}`;
      if (policy.kind === "unknown") unread.push(`${place}: ${unreadText(policy)}`);
      else if (policy.value !== null) found.push({ place, text: policy.value.text });
    }
  return { policies: found, unread };
}

/** Every text in a JSON document, without the names of its members. A loop, since values may be nested deeper than calls can. */
export function textsIn(document: string): readonly string[] {
  const texts: string[] = [];
  const open: unknown[] = [parsedJson(document)];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === "string") texts.push(value);
    else if (typeof value === "object" && value !== null) open.push(...Object.values(value).toReversed());
  }
  return texts;
}
