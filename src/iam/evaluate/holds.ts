/** Whether something applies to a request; `unclear` where it depends on what AWS does not document. */
export type Holds = boolean | "unclear";
