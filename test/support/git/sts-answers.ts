/** The answer of STS to an action that gives credentials: a key of this name, with a secret and a session token of its own. */
export function stsAnswer(action: string, id: string): string {
  const credentials = `<Credentials><AccessKeyId>${id}</AccessKeyId><SecretAccessKey>${id}-secret-0123456789</SecretAccessKey><SessionToken>${id}/token+==</SessionToken><Expiration>${inAnHour()}</Expiration></Credentials>`;
  return `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${credentials}</${action}Result></${action}Response>`;
}

/** The answer of STS to a caller that may not assume the role. */
export function stsRefusal(roleArn: string): string {
  const message = `User: arn:aws:iam::999900001111:user/base is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
  return `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error></ErrorResponse>`;
}

export function inAnHour(): string {
  return new Date(Date.now() + 3_600_000).toISOString();
}
