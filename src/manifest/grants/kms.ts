import { z } from "zod";
import { arnParts, parseArn } from "../../model/aws/arn.ts";
import { listOf, templateText } from "../fields/field.ts";
import { allow, type Expansion, grantEntry, under } from "./entry.ts";
import { checked } from "../schema-value.ts";
import { isArn, regionOf, type GrantPlace } from "../fields/resource.ts";

const KEY_ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}";
const ALIAS = "alias/[a-zA-Z0-9/_-]{1,250}";

export const kmsKeyField = () =>
  templateText({
    what: "a KMS key: alias/NAME, a key id or a full ARN",
    pattern: new RegExp(
      `^(${KEY_ID}|${ALIAS}|arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:(key/(${KEY_ID})|${ALIAS}))$`,
    ),
    example: "alias/orders",
  });

const kmsFields = z.strictObject({
  key: kmsKeyField(),
  allow: listOf(z.enum(["decrypt", "encrypt", "sign", "verify"])),
});

const ACTIONS = {
  decrypt: ["kms:Decrypt"],
  encrypt: ["kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"],
  sign: ["kms:Sign", "kms:GetPublicKey"],
  verify: ["kms:Verify", "kms:GetPublicKey"],
} as const satisfies Record<z.infer<typeof kmsFields>["allow"][number], readonly string[]>;

export const kms = grantEntry({
  grant: "kms",
  fields: kmsFields,
  verbs: {
    decrypt: { allows: "decrypt with this key", leavesOut: null },
    encrypt: { allows: "encrypt and make data keys with this key", leavesOut: "encrypt has no Decrypt" },
    sign: { allows: "sign, and read the public key", leavesOut: "sign has no Verify" },
    verify: { allows: "verify, and read the public key", leavesOut: "verify has no Sign" },
  },
  // Lambda decrypts the function's environment variables with the role, before the code runs.
  serviceVerbs: ["decrypt"],
  regionalFields: ["key"],
  examples: [
    { key: "1234abcd-12ab-34cd-56ef-1234567890ab", allow: ["decrypt", "encrypt", "sign", "verify"] },
    { key: "alias/orders", allow: ["decrypt"] },
  ],
  expand: ({ key, allow: verbs }, place) =>
    verbs.map((verb) => onKey({ verb, actions: ACTIONS[verb], condition: null }, key, place)),
});

/** The key permissions that an encrypted resource needs, only through that service (`kms:ViaService`). */
export function companion(
  { verb, actions, service }: Companion,
  key: string | undefined,
  place: GrantPlace,
): readonly Expansion[] {
  if (key === undefined || actions.length === 0) return [];
  const region = keyParts(key, place).region;
  const suffix = place.partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  const via = { StringEquals: { "kms:ViaService": `${service}.${region}.${suffix}` } };
  return [
    onKey(
      { verb: `${verb}Key`, actions: actions.map((action) => `kms:${action}`), condition: via },
      key,
      place,
    ),
  ];
}

export interface Companion {
  readonly verb: string;
  readonly actions: readonly ("Decrypt" | "Encrypt" | "GenerateDataKey")[];
  readonly service: string;
}

interface KmsKeyParts {
  readonly region: string;
  readonly accountId: string;
  readonly resource: string;
}

function onKey(
  { verb, actions, condition }: Pick<Expansion, "verb" | "actions" | "condition">,
  key: string,
  place: GrantPlace,
): Expansion {
  const { region, accountId, resource } = keyParts(key, place);
  const arn = `arn:${place.partition}:kms:${region}:${accountId}:`;
  if (!resource.startsWith("alias/")) return under(condition, allow(verb, actions, [`${arn}${resource}`]));
  // IAM does not support aliases as resources: a statement on alias/x would allow nothing.
  const byAlias = { "ForAnyValue:StringEquals": { "kms:ResourceAliases": resource } };
  const reason = "IAM takes no alias as a resource: the condition kms:ResourceAliases names it";
  return {
    ...allow(verb, actions, [`${arn}key/*`]),
    condition: { ...byAlias, ...condition },
    wildcardReason: reason,
  };
}

function keyParts(key: string, place: GrantPlace): KmsKeyParts {
  if (isArn(key)) {
    return arnParts(checked(parseArn(key)));
  }
  const resource = key.startsWith("alias/") ? key : `key/${key}`;
  return { region: regionOf(place), accountId: place.accountId, resource };
}
