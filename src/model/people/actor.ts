/**
 * The actor in the record: the name of a token, or a person as `Dana Ruiz <https://idp.example.com#00u1>`. The id between
 * the brackets, by which two persons differ, is the issuer and its subject, or `local`; the name only helps to read it.
 */
export function personActor(name: string, id: string): string {
  const shown = name.replace(/[<>]/g, "").trim();
  return shown === "" ? id : `${shown} <${id}>`;
}

/** The id of a person, or the name of a token. */
export function actorId(actor: string): string {
  return /<([^<>]*)>$/.exec(actor)?.[1] ?? actor;
}

/** `Dana Ruiz`: without the id, by which two persons of one name differ. */
export function actorName(actor: string): string {
  return actor.replace(/ <[^<>]*>$/, "");
}

/** A person of the provider. A local sign-in and a token have no issuer and no subject. */
export function isOfProvider(actor: string): boolean {
  return actorId(actor).includes("#");
}

/** A provider's id of a person as the record has it. Different subjects stay different: other characters are escaped. */
export function recordedSubject(subject: string): string {
  return subject
    .toWellFormed()
    .replace(/[^\x21-\x7e]|[%<>#]/gu, (character) => encodeURIComponent(character));
}

/** The names of tokens have no such character. */
export function isPerson(actor: string): boolean {
  return actor.includes("<") || actor.includes("#");
}

/** The name of the author of a commit, which Git writes as `Name <mail>`. */
export function commitAuthorName(author: string): string {
  return author.replace(/\s*<[^>]*>$/, "");
}
