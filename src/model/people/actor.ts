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

/** The names of tokens have no such character. */
export function isPerson(actor: string): boolean {
  return actor.includes("<") || actor.includes("#");
}
