import { z } from "zod";
import { listOf, templateText, type TextSyntax } from "../fields/field.ts";
import { allow, grantEntry, under } from "./entry.ts";
import { resourceArn, resourceField, type ResourceKind } from "../fields/resource.ts";

const DOMAIN = "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\\.)+[a-zA-Z0-9-]{2,63}";
const ADDRESS = `[a-zA-Z0-9._%+=-]{1,64}@${DOMAIN}`;

const IDENTITY: ResourceKind = {
  what: "an SES identity (a domain or an address)",
  service: "ses",
  prefix: "identity/",
  name: `${ADDRESS}|${DOMAIN}`,
  example: "example.com",
};

const CONFIGURATION_SET: ResourceKind = {
  what: "a configuration set of SES",
  service: "ses",
  prefix: "configuration-set/",
  name: "[a-zA-Z0-9_-]{1,64}",
  example: "transactional",
};

const FROM: TextSyntax = {
  what: "an e-mail address",
  pattern: new RegExp(`^${ADDRESS}$`),
  example: "orders@example.com",
};

export const ses = grantEntry({
  grant: "ses",
  fields: z.strictObject({
    identity: resourceField(IDENTITY),
    from: listOf(templateText(FROM)).optional(),
    configurationSet: resourceField(CONFIGURATION_SET).optional(),
    allow: listOf(z.enum(["send"])),
  }),
  verbs: {
    send: {
      allows: "send e-mail as the identity, with `from` only from these addresses",
      leavesOut:
        "send has no SendTemplatedEmail and no SendBulkEmail. A message that names a configuration set needs configurationSet too",
    },
  },
  regionalFields: ["identity", "configurationSet"],
  examples: [
    {
      identity: "example.com",
      from: ["orders@example.com"],
      configurationSet: "transactional",
      allow: ["send"],
    },
    { identity: "orders@example.com", allow: ["send"] },
  ],
  expand: (grant, place) => {
    const identity = resourceArn(IDENTITY, grant.identity, place);
    const set =
      grant.configurationSet === undefined
        ? []
        : [resourceArn(CONFIGURATION_SET, grant.configurationSet, place)];
    const condition =
      grant.from === undefined ? null : { StringEquals: { "ses:FromAddress": [...grant.from].sort() } };
    return [under(condition, allow("send", ["ses:SendEmail", "ses:SendRawEmail"], [identity, ...set]))];
  },
});
