/** The reason without what differs between accounts and calls: ids of accounts, sessions and requests. */
export function causeOf(reason: string): string {
  // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- ids are left out, so that several accounts are shown once
  return reason
    .replaceAll(/(assumed-role\/[\w+=,.@-]+)\/[\w+=,.@-]+/g, "$1")
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, "ID")
    .replaceAll(/\b\d{12}\b/g, "ACCOUNT");
}
