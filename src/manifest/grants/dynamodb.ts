import { z } from "zod";
import { listOf, pushIssue, setOf, templateText, type TextSyntax } from "../fields/field.ts";
import { allow, allowAnywhere, everyValueIn, type Expansion, grantEntry, under } from "./entry.ts";
import { companion, kmsKeyField } from "./kms.ts";
import { resourceArn, resourceField, type ResourceKind, type GrantPlace } from "../fields/resource.ts";

const TABLE: ResourceKind = {
  what: "a DynamoDB table",
  service: "dynamodb",
  prefix: "table/",
  name: "[a-zA-Z0-9_.-]{3,255}",
  example: "orders",
};

const INDEX: TextSyntax = {
  what: "an index's name",
  pattern: /^[a-zA-Z0-9_.-]{3,255}$/,
  example: "by-customer",
};

const LEADING_KEY: TextSyntax = {
  what: "a partition key's value (it may contain IAM variables)",
  pattern: /^([^$*?\r\n\t]|\$\{[^}]+\}){1,512}$/u,
  example: "tenant-1",
};

const fields = z
  .strictObject({
    table: resourceField(TABLE),
    allow: listOf(z.enum(["read", "scan", "write", "delete", "stream"])),
    indexes: setOf(templateText(INDEX)).optional(),
    leadingKeys: listOf(templateText(LEADING_KEY)).optional(),
    kmsKey: kmsKeyField().optional(),
  })
  .check((context) => {
    const { allow: verbs, leadingKeys } = context.value;
    if (leadingKeys === undefined) return;
    for (const [index, verb] of verbs.entries()) {
      if (verb !== "scan" && verb !== "stream") continue;
      const message = `${verb} reads every key: leadingKeys can't narrow it`;
      pushIssue(context, ["allow", index], { message, fix: `leave out leadingKeys or ${verb}` });
    }
  });

type DynamodbFields = z.infer<typeof fields>;

export const dynamodb = grantEntry({
  grant: "dynamodb",
  fields,
  verbs: {
    read: {
      allows: "read items by key and query the table and its indexes (with `indexes: []` the table alone)",
      leavesOut: "read has no Scan. If the code scans: allow: [read, scan]",
    },
    scan: { allows: "scan the table and its indexes (as for read)", leavesOut: null },
    write: {
      allows: "put and update items",
      leavesOut: "write has no DeleteItem; BatchWriteItem can delete all the same",
    },
    delete: { allows: "delete items", leavesOut: null },
    stream: { allows: "read the table's stream", leavesOut: null },
  },
  serviceVerbs: ["stream"],
  exact: {
    notes: { BatchWriteItem: "BatchWriteItem also deletes items" },
    examples: [
      { table: "orders", allow: ["GetItem", "Query"], kmsKey: "alias/orders" },
      { table: "orders", allow: ["read", "Scan", "PutItem"], indexes: ["by-customer"] },
    ],
  },
  regionalFields: ["table", "kmsKey"],
  examples: [
    {
      table: "orders",
      allow: ["read", "write", "delete"],
      indexes: ["by-customer"],
      leadingKeys: ["tenant-1"],
      kmsKey: "alias/orders",
    },
    {
      table: "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
      allow: ["read", "scan", "write", "stream"],
    },
    { table: "orders", allow: ["scan"], indexes: ["by-customer"] },
    { table: "orders", allow: ["read"], indexes: [] },
  ],
  expand: (grant, place) => [
    ...grant.allow.flatMap((verb) => EXPAND[verb](grant, resourceArn(TABLE, grant.table, place))),
    ...keyUse(grant, place),
  ],
});

type Verb = DynamodbFields["allow"][number];

const EXPAND: Readonly<Record<Verb, (grant: DynamodbFields, table: string) => readonly Expansion[]>> = {
  read: (grant, table) => [
    ...items("read", grant, table),
    under(keysOf(grant), allow("read", ["dynamodb:Query"], withIndexes(grant, table))),
  ],
  scan: (grant, table) => [allow("scan", ["dynamodb:Scan"], withIndexes(grant, table))],
  write: (grant, table) => items("write", grant, table),
  delete: (grant, table) => [under(keysOf(grant), allow("delete", ["dynamodb:DeleteItem"], [table]))],
  stream: (_grant, table) => [
    allow(
      "stream",
      ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
      [`${table}/stream/*`],
    ),
    allowAnywhere("stream", ["dynamodb:ListStreams"], "dynamodb:ListStreams takes no resource"),
  ],
};

const ITEM_ACTIONS = {
  read: ["dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem"],
  write: [
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
  ],
} as const;

/** DescribeTable has no leading keys: under their condition it would never be allowed. */
function items(verb: keyof typeof ITEM_ACTIONS, grant: DynamodbFields, table: string): readonly Expansion[] {
  const actions = ITEM_ACTIONS[verb];
  const condition = keysOf(grant);
  if (condition === null) return [allow(verb, [...actions, "dynamodb:DescribeTable"], [table])];
  return [under(condition, allow(verb, actions, [table])), allow(verb, ["dynamodb:DescribeTable"], [table])];
}

function keysOf(grant: DynamodbFields): ReturnType<typeof everyValueIn> | null {
  return grant.leadingKeys === undefined ? null : everyValueIn("dynamodb:LeadingKeys", grant.leadingKeys);
}

function withIndexes(grant: DynamodbFields, table: string): readonly string[] {
  const indexes = grant.indexes ?? ["*"];
  return [table, ...indexes.map((index) => `${table}/index/${index}`)];
}

function keyUse(grant: DynamodbFields, place: GrantPlace): readonly Expansion[] {
  return companion({ verb: "use", actions: ["Decrypt"], service: "dynamodb" }, grant.kmsKey, place);
}
