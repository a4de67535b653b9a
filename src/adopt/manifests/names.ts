import { hash } from "node:crypto";
import { parseObjectName } from "../../model/aws/ids.ts";
import { defaultRoleName } from "../../model/aws/role-name.ts";
import { LOGICAL_ID_TAG } from "../../model/aws/deployer-tags.ts";
import { CDK_DIGITS } from "../deployer/cdk-digits.ts";
import type { EstateFunction } from "../estate/estate.ts";

/**
 * The name of a function's manifest: the function's own in lower case. A name that CloudFormation generated ends in a
 * random part; there it is the logical id, without the eight digits that the CDK adds.
 */
export function manifestName({ name, arn, tags }: EstateFunction): string {
  const known = tags.kind === "known" ? tags.value : [];
  const logicalId = known.find(({ key }) => key === LOGICAL_ID_TAG)?.value;
  const isGenerated = logicalId !== undefined && /-[A-Za-z0-9]{12,13}$/.test(name);
  const baseName = isGenerated ? words(logicalId.replace(CDK_DIGITS, "")) : name;
  return objectNameFrom(baseName) ?? `function-${nameHash(arn)}`;
}

/** `ApiHandler` is `api-handler`. */
function words(id: string): string {
  return id.replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2");
}

/** undefined for a text without a letter or digit. */
export function objectNameFrom(text: string): string | undefined {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return parseObjectName(fittingName(name));
}

const MAX_NAME = 63;

/** A name that is too long is cut and gets a hash of all of it. */
export function fittingName(name: string): string {
  return name.length <= MAX_NAME ? name : withHash(name, name);
}

function withHash(name: string, of: string): string {
  return `${name.slice(0, MAX_NAME - 9).replace(/[-.]+$/, "")}-${nameHash(of)}`;
}

/** A name that is taken gets a hash of what it is for, which no other has. */
export function freeName(name: string, of: string, isUsed: (name: string) => boolean): string {
  return isUsed(name) ? withHash(name, of) : name;
}

/**
 * The name of the new role if the default one is not free: IAM's names are unique in an account, in any path and any case;
 * null: the default is free.
 */
export function roleNameFor(
  { name, arn }: EstateFunction,
  region: string,
  isUsed: (roleName: string) => boolean,
): string | null {
  const usual = defaultRoleName(name, region);
  return isUsed(usual) ? `${usual.slice(0, 55)}-${nameHash(arn)}` : null;
}

export function nameHash(text: string): string {
  return hash("sha256", text, "hex").slice(0, 8);
}
