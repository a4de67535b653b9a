// Written by tools/write-bounds.ts from AWS's published model of sts 2011-06-15; do not edit.
import type { Bounds } from "./shape.ts";

export const STS_BOUNDS: Bounds = {
  inputs: { AssumeRole: "AssumeRoleRequest" },
  shapes: {
    AssumeRoleRequest: {
      kind: "structure",
      members: {
        RoleArn: "arnType",
        RoleSessionName: "roleSessionNameType",
        PolicyArns: "policyDescriptorListType",
        Policy: "unrestrictedSessionPolicyDocumentType",
        DurationSeconds: "roleDurationSecondsType",
        Tags: "tagListType",
        TransitiveTagKeys: "tagKeyListType",
        ExternalId: "externalIdType",
        SerialNumber: "serialNumberType",
        TokenCode: "tokenCodeType",
        SourceIdentity: "sourceIdentityType",
        ProvidedContexts: "ProvidedContextsListType",
      },
    },
    PolicyDescriptorType: { kind: "structure", members: { arn: "arnType" } },
    ProvidedContext: {
      kind: "structure",
      members: { ProviderArn: "arnType", ContextAssertion: "contextAssertionType" },
    },
    ProvidedContextsListType: { kind: "list", member: "ProvidedContext", min: 1, max: 5 },
    Tag: { kind: "structure", members: { Key: "tagKeyType", Value: "tagValueType" } },
    arnType: {
      kind: "value",
      min: 20,
      max: 2048,
      pattern:
        "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+",
    },
    contextAssertionType: { kind: "value", min: 4, max: 2048 },
    externalIdType: { kind: "value", min: 2, max: 1224, pattern: "[\\w+=,.@:\\/-]*" },
    policyDescriptorListType: { kind: "list", member: "PolicyDescriptorType" },
    roleDurationSecondsType: { kind: "value", min: 900, max: 43200 },
    roleSessionNameType: { kind: "value", min: 2, max: 64, pattern: "[\\w+=,.@-]*" },
    serialNumberType: { kind: "value", min: 9, max: 256, pattern: "[\\w+=/:,.@-]*" },
    sourceIdentityType: { kind: "value", min: 2, max: 64, pattern: "[\\w+=,.@-]*" },
    tagKeyListType: { kind: "list", member: "tagKeyType", max: 50 },
    tagKeyType: { kind: "value", min: 1, max: 128, pattern: "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+" },
    tagListType: { kind: "list", member: "Tag", max: 50 },
    tagValueType: { kind: "value", min: 0, max: 256, pattern: "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*" },
    tokenCodeType: { kind: "value", min: 6, max: 6, pattern: "[\\d]*" },
    unrestrictedSessionPolicyDocumentType: {
      kind: "value",
      min: 1,
      pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+",
    },
  },
};
