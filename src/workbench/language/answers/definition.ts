import type { Position } from "../../../text/located/positions.ts";
import type { Analysis } from "../analysis.ts";
import { cursorAt } from "./cursor.ts";
import { namedObject, placeOfObject } from "./named-object.ts";

/** A place in a file of the project. */
export interface DefinitionPlace {
  readonly file: string;
  readonly place: Position;
}

/** Where the document is declared that the value at a position names; null: it names none that is declared. */
export function definitionAt(analysis: Analysis, file: string, at: Position): DefinitionPlace | null {
  const cursor = cursorAt(analysis, file, at);
  const object = cursor === null ? null : namedObject(cursor, analysis);
  return object === null ? null : { file: object.file, place: placeOfObject(object, analysis) };
}
