/**
 * Tags, each indexed once, so that one that no repository has is told without a look at those of all. A name stays when its last tag is gone.
 */
export const tagNames = [
  'CREATE TABLE tag_name (id INTEGER PRIMARY KEY AUTOINCREMENT, account_id TEXT NOT NULL, name_folded TEXT NOT NULL, UNIQUE (account_id, name_folded))',
  "CREATE VIRTUAL TABLE tag_name_text USING fts5 (name, tokenize = 'trigram', content = '', contentless_delete = 1)",
  'CREATE TRIGGER tag_name_added AFTER INSERT ON tag_name BEGIN INSERT INTO tag_name_text (rowid, name) VALUES (new.id, new.name_folded); END',
  'INSERT INTO tag_name (account_id, name_folded) SELECT DISTINCT account_id, tag_folded FROM repository_image',
  `CREATE TRIGGER repository_image_named AFTER INSERT ON repository_image BEGIN
    INSERT INTO tag_name (account_id, name_folded) VALUES (new.account_id, new.tag_folded) ON CONFLICT DO NOTHING;
  END`,
] as const;
