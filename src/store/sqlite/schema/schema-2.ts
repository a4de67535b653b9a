/** Schema 2. Never edited once released: see migrations.ts. */
export const SECOND_SCHEMA = `
-- Plans and revisions that an operator refused.
CREATE TABLE rejections (subject TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;
`;
