import { isObject } from "../../text/json-values.ts";
import type { ManifestBody } from "./manifest-text.ts";

/** What differs between the targets of one manifest. */
export interface TargetValues {
  readonly accountId: string;
  readonly region: string;
  /** `vars` of the AwsAccount. */
  readonly vars: Readonly<Record<string, string>>;
}

/**
 * The body with variables in place of the values of its target, in grants, statements and the comments on
 * what is left out. It is a proposal: the manifest
 * must compile to what is live in every target.
 */
export function withVariables<Body extends Pick<ManifestBody, "permissions">>(
  body: Body,
  { accountId, region, vars }: TargetValues,
): Body {
  const replacements: readonly (readonly [string, string])[] = [
    ...Object.entries(vars)
      .filter(([, value]) => value.length > 2)
      .map(([name, value]) => [value, `\${account.vars.${name}}`] as const),
    [accountId, "${account.id}"],
    [region, "${region}"],
  ];
  const replaced = (text: string): string =>
    replacements.reduce((all, [value, variable]) => replacePart(all, value, variable), text);
  const { permissions } = body;
  return {
    ...body,
    permissions: {
      ...permissions,
      grants: permissions.grants.map((one) => ({ ...one, fields: mapped(one.fields, replaced) })),
      rest: permissions.rest.map((one) => ({ ...one, statement: mapped(one.statement, replaced) })),
      leftOut: permissions.leftOut.map((one) => ({
        ...one,
        permissions: one.permissions.map((each) => ({ ...each, resource: replaced(each.resource) })),
      })),
    },
  };
}

/** Only between the separators of an ARN: a part of a longer name is another name. */
function replacePart(text: string, value: string, variable: string): string {
  return text
    .split(/([:/])/)
    .map((part) => (part === value ? variable : part))
    .join("");
}

/** With every text in it mapped; names of fields stay. */
function mapped<Value>(value: Value, map: (text: string) => string): Value {
  if (typeof value === "string") return map(value) as Value;
  if (Array.isArray(value)) return value.map((member: unknown) => mapped(member, map)) as Value;
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, mapped(member, map)]),
  ) as Value;
}
