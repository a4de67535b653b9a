/**
 * The fields of answers whose texts a token with namespaces gets as they are. Every other text is redacted, so that a new field
 * is safe before it is listed here. Listed are words that programs compare, times, the names and documents of the token's own
 * objects (a function may be called like another team), and the permissions of its own functions: they name resources, and a
 * hidden resource would hide the access to it. Fields with sentences are never listed, nor places in Git.
 */
export const SAFE_FIELDS: ReadonlySet<string> = new Set([
  // Words of a fixed list.
  ..."answer apiVersion certainty code comparedWith cut danger deniedBy effect family following forge git health how identity kind".split(
    " ",
  ),
  ..."lastUsedAtMs layer leaseEnd method mode next outcome outsider purpose rule rules counted risk risks risksSinceApplied severity".split(
    " ",
  ),
  ..."sinceApplied state status sync tenancy tier type verdict wave way".split(" "),
  // Times.
  ..."askedAt at backupAt calledAt catalogueDate clock comparedBefore day creationTimestamp deliveredAt endedAt equalSince".split(
    " ",
  ),
  ..."createdAt expiresAt fetchedAt firstAt lastAt lastCleanAt lastHandledReconcileAt lastReadAt lastSweepAt".split(
    " ",
  ),
  ..."lastTransitionTime lastVerifiedAt leaseEndsAt now oldestReadAt oldestWaitingAt openedAt earliestAt opensAt readAt reportedAt".split(
    " ",
  ),
  ..."revertsAt seenAt since startedAt suspendedUntil until untilInZone watched".split(" "),
  // Ids, digests and versions.
  ..."accessKeyId accountId approval catalogueDigest commit configDigest digest encoded eventId hash head id".split(
    " ",
  ),
  ..."instance keyId knownRoleId liveRoleId logicalId pass pinnedStackId planDigest prev requestId".split(
    " ",
  ),
  ..."resourceVersion revisionId roleId session sid signature stackId subject suspensions uid uniqueId".split(
    " ",
  ),
  ..."version versionId versions versionsOnOtherRoles".split(" "),
  // People and machines.
  ..."actor address author authors by committer group groups host issuer service signed signer sourceAddress".split(
    " ",
  ),
  // Names of the token's own objects, and of what they refer to.
  ..."account accounts alias arn attachments binding boundary caller deadLetterArn declaredArn declaredName".split(
    " ",
  ),
  ..."declaredRole destinations fileSystemArns from function functionArn functionName functions".split(" "),
  ..."instanceProfiles key keys kmsKeyArn limitedBy logGroup members name object pinned policies policy".split(
    " ",
  ),
  ..."policyName qualifier queue region regions resources role roleArn route scope secrets set stack".split(
    " ",
  ),
  ..."dependents own statements tag target targets to value waiver".split(" "),
  // Permissions of its functions, as they are, as they are declared and as they change.
  ..."action actions after before call calls changes condition declared desired difference emptyVariables".split(
    " ",
  ),
  ..."field fields found grant lines live missingAction newAccess on operation operator otherCondition".split(
    " ",
  ),
  ..."pattern permissions principal resource right trust values verb wanted what wrong".split(" "),
]);

/** Fields with documents, whose members have names of their own: they are kept with all that is in them. */
export const DOCUMENT_FIELDS: ReadonlySet<string> = new Set([
  "context",
  "document",
  "edit",
  "grants",
  "inline",
  "input",
  "tags",
]);
