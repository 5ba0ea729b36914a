-- Tags, fields with types, saved searches, and every edit with what was before and after it.

CREATE TABLE page_tags (
  page INTEGER NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
  -- The tag folded to lower case without accents: two spellings of one tag are one.
  search_text TEXT NOT NULL,
  tag TEXT NOT NULL,
  PRIMARY KEY (page, search_text)
) STRICT, WITHOUT ROWID;

CREATE INDEX page_tags_by_tag ON page_tags (search_text);

-- Holds all that a search of one field needs.
CREATE INDEX page_fields_by_value ON page_fields (name, search_text);
DROP INDEX page_fields_by_name;

-- Own fields, and the types of fields that pages have; a field that is not here is a standard one or a text.
CREATE TABLE fields (
  name TEXT PRIMARY KEY,
  type TEXT NOT NULL CHECK (type IN ('text', 'number', 'date', 'choice')),
  choices TEXT NOT NULL CHECK (json_valid(choices))
) STRICT, WITHOUT ROWID;

CREATE TABLE saved_searches (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  query TEXT NOT NULL
) STRICT;

-- Never deleted. An edit that was taken back can be done again until another is made: then it is left behind.
CREATE TABLE edits (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  label TEXT NOT NULL,
  made_at TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('done', 'undone', 'left'))
) STRICT;

CREATE INDEX edits_by_state ON edits (state, id);

-- Rows as they were before and after, in the order in which they were written; null: there was none.
CREATE TABLE edit_changes (
  edit INTEGER NOT NULL REFERENCES edits (id),
  position INTEGER NOT NULL,
  table_name TEXT NOT NULL,
  before TEXT CHECK (before IS NULL OR json_valid(before)),
  after TEXT CHECK (after IS NULL OR json_valid(after)),
  PRIMARY KEY (edit, position)
) STRICT, WITHOUT ROWID;
