import type { WhyReader } from "../../model/answers/questions/access-questions.ts";
import { seesEverything, seesKey } from "../access/access.ts";
import { hidesLive, hidesRoles, type Reader } from "./reader.ts";

/** What the answer to a question may use, for the token of the request. */
export function questionReader(reader: Reader): WhyReader {
  const { access } = reader;
  return {
    asker: access.actor,
    seesEverything: seesEverything(access),
    sees: (key) => seesKey(access, key),
    hides: (view) => hidesRoles(reader, view),
    hidesFunction: (view) => hidesLive(reader, view),
  };
}
