/** No provider has credentials, or the one that is configured fails. It has the name of the SDK's own error. */
export class CredentialsError extends Error {
  override readonly name = "CredentialsProviderError";
  readonly fix: string;

  constructor(message: string, fix: string, cause?: unknown) {
    super(message, { cause });
    this.fix = fix;
  }
}
