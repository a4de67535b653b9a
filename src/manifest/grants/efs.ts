import { z } from "zod";
import { listOf } from "../fields/field.ts";
import { allow, grantEntry, under } from "./entry.ts";
import { resourceArn, resourceField, type ResourceKind } from "../fields/resource.ts";

const FILE_SYSTEM: ResourceKind = {
  what: "an EFS file system",
  namedBy: "id",
  service: "elasticfilesystem",
  prefix: "file-system/",
  name: "fs-[0-9a-f]{8,40}",
  example: "fs-0123456789abcdef0",
};

const ACCESS_POINT: ResourceKind = {
  what: "an EFS access point",
  namedBy: "id",
  service: "elasticfilesystem",
  prefix: "access-point/",
  name: "fsap-[0-9a-f]{8,40}",
  example: "fsap-0123456789abcdef0",
};

export const efs = grantEntry({
  grant: "efs",
  fields: z.strictObject({
    fileSystem: resourceField(FILE_SYSTEM),
    accessPoint: resourceField(ACCESS_POINT),
    allow: listOf(z.enum(["mount"])),
  }),
  verbs: {
    mount: {
      allows: "mount the file system through this access point, read and write",
      leavesOut: "mount has no ClientRootAccess. The function needs a VPC as well: vpc: true",
    },
  },
  // Lambda itself mounts the file system, before the code runs.
  serviceVerbs: ["mount"],
  regionalFields: ["fileSystem", "accessPoint"],
  examples: [{ fileSystem: "fs-0123456789abcdef0", accessPoint: "fsap-0123456789abcdef0", allow: ["mount"] }],
  expand: (grant, place) => {
    const actions = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"];
    const through = resourceArn(ACCESS_POINT, grant.accessPoint, place);
    const condition = { StringEquals: { "elasticfilesystem:AccessPointArn": through } };
    return [under(condition, allow("mount", actions, [resourceArn(FILE_SYSTEM, grant.fileSystem, place)]))];
  },
});
