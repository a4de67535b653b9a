import { z } from "zod";
import type { ConditionBlock } from "../../model/aws/policy-document.ts";
import { listOf, templateText } from "../fields/field.ts";
import { allow, type Expansion, grantEntry, under } from "./entry.ts";
import { companion, kmsKeyField } from "./kms.ts";
import { resourceArn, resourceField, type ResourceKind } from "../fields/resource.ts";

export const BUCKET: ResourceKind = {
  what: "an S3 bucket",
  service: "s3",
  without: "region-and-account",
  prefix: "",
  name: "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
  example: "orders-uploads",
};

const fields = z.strictObject({
  bucket: resourceField(BUCKET),
  prefix: templateText({
    what: "a prefix that ends with / (orders would also be orders-old/)",
    pattern: /^(?=.{1,512}$)(?!\/)([^$*?\r\n\t]|\$\{[^}]+\})*\/$/u,
    example: "orders/",
  }).optional(),
  allow: listOf(z.enum(["read", "readVersions", "list", "write", "delete", "tag"])),
  kmsKey: kmsKeyField().optional(),
});

type S3Fields = z.infer<typeof fields>;
type Verb = S3Fields["allow"][number];

const OBJECT_ACTIONS = {
  read: ["s3:GetObject"],
  readVersions: ["s3:GetObjectVersion"],
  write: ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"],
  delete: ["s3:DeleteObject"],
  tag: ["s3:GetObjectTagging", "s3:PutObjectTagging"],
} as const satisfies Record<Exclude<Verb, "list">, readonly string[]>;

/** A multipart upload also decrypts: S3 reads the parts when it combines them. */
const KEY_ACTIONS = {
  read: ["Decrypt"],
  readVersions: ["Decrypt"],
  list: [],
  write: ["Decrypt", "GenerateDataKey"],
  delete: [],
  tag: [],
} as const satisfies Record<Verb, readonly ("Decrypt" | "GenerateDataKey")[]>;

export const s3 = grantEntry({
  grant: "s3",
  fields,
  verbs: {
    read: {
      allows: "read objects",
      leavesOut: "read has no ListBucket: a missing object answers AccessDenied. allow: [read, list]",
    },
    readVersions: { allows: "read old versions of objects", leavesOut: null },
    list: { allows: "list the bucket below the prefix, and read its region", leavesOut: null },
    write: { allows: "put objects, also in parts", leavesOut: "write has no DeleteObject and no ACL" },
    delete: { allows: "delete objects", leavesOut: "delete has no DeleteObjectVersion" },
    tag: { allows: "read and set objects' tags", leavesOut: null },
  },
  exact: { examples: [{ bucket: "orders-uploads", allow: ["GetObject", "PutObject"] }] },
  regionalFields: ["kmsKey"],
  examples: [
    {
      bucket: "orders-uploads",
      prefix: "orders/",
      allow: ["read", "readVersions", "list", "write", "delete", "tag"],
      kmsKey: "alias/orders",
    },
    { bucket: "arn:aws:s3:::orders-uploads", allow: ["read", "list"] },
  ],
  expand: (grant, place) => {
    const bucket = resourceArn(BUCKET, grant.bucket, place);
    return grant.allow.flatMap((verb) => [
      ...(verb === "list"
        ? list(grant, bucket)
        : [allow(verb, OBJECT_ACTIONS[verb], [`${bucket}/${grant.prefix ?? ""}*`])]),
      ...companion({ verb, actions: KEY_ACTIONS[verb], service: "s3" }, grant.kmsKey, place),
    ]);
  },
});

/** A separate statement: under a condition on s3:prefix, GetBucketLocation would never be allowed. */
function list(grant: S3Fields, bucket: string): readonly Expansion[] {
  const below: ConditionBlock | null =
    grant.prefix === undefined ? null : { StringLike: { "s3:prefix": `${grant.prefix}*` } };
  if (below === null) return [allow("list", ["s3:GetBucketLocation", "s3:ListBucket"], [bucket])];
  return [
    allow("list", ["s3:GetBucketLocation"], [bucket]),
    under(below, allow("list", ["s3:ListBucket"], [bucket])),
  ];
}
