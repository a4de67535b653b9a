import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  SetDefaultPolicyVersionCommand,
  TagPolicyCommand,
  TagRoleCommand,
  UntagPolicyCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  RemovePermissionCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import type { WriteCall } from "../../model/writes/write-calls.ts";
import type { JsonObject } from "../../model/values/json.ts";
import type { SdkCommand } from "../requests/send.ts";

/** The part of the answer of a write that is used. */
interface WriteAnswer {
  readonly $metadata: { readonly requestId?: string | undefined };
}

type WriteConstructor = new (input: never) => SdkCommand<WriteAnswer>;

interface CommandRow {
  readonly service: "iam" | "lambda";
  readonly command: (input: JsonObject) => SdkCommand<WriteAnswer>;
  /** Whether the input has a RevisionId of the object that it changes. */
  readonly needsRevision: boolean;
}

/** An action contains the input with the API's field names; here this plain data becomes the SDK's type. */
function row(service: CommandRow["service"], Command: WriteConstructor, needsRevision: boolean): CommandRow {
  return { service, command: (input) => new Command(input as never), needsRevision };
}

const iam = (Command: WriteConstructor): CommandRow => row("iam", Command, false);
const lambda = (Command: WriteConstructor): CommandRow => row("lambda", Command, true);

export const WRITE_COMMANDS = {
  "iam:CreateRole": iam(CreateRoleCommand),
  "iam:UpdateRole": iam(UpdateRoleCommand),
  "iam:UpdateAssumeRolePolicy": iam(UpdateAssumeRolePolicyCommand),
  "iam:PutRolePolicy": iam(PutRolePolicyCommand),
  "iam:DeleteRolePolicy": iam(DeleteRolePolicyCommand),
  "iam:AttachRolePolicy": iam(AttachRolePolicyCommand),
  "iam:DetachRolePolicy": iam(DetachRolePolicyCommand),
  "iam:PutRolePermissionsBoundary": iam(PutRolePermissionsBoundaryCommand),
  "iam:TagRole": iam(TagRoleCommand),
  "iam:UntagRole": iam(UntagRoleCommand),
  "iam:DeleteRole": iam(DeleteRoleCommand),
  "iam:CreatePolicy": iam(CreatePolicyCommand),
  "iam:CreatePolicyVersion": iam(CreatePolicyVersionCommand),
  "iam:SetDefaultPolicyVersion": iam(SetDefaultPolicyVersionCommand),
  "iam:DeletePolicyVersion": iam(DeletePolicyVersionCommand),
  "iam:DeletePolicy": iam(DeletePolicyCommand),
  "iam:TagPolicy": iam(TagPolicyCommand),
  "iam:UntagPolicy": iam(UntagPolicyCommand),
  "lambda:AddPermission": lambda(AddPermissionCommand),
  "lambda:RemovePermission": lambda(RemovePermissionCommand),
  "lambda:UpdateFunctionConfiguration": lambda(UpdateFunctionConfigurationCommand),
} as const satisfies Record<WriteCall, CommandRow>;
