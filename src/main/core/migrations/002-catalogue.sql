-- Style → composer → piece → page. `sort_key` holds a name so that comparing bytes gives natural order;
-- it ends in the name itself, so it is as unique as the name.

CREATE TABLE styles (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  sort_key TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE composers (
  id INTEGER PRIMARY KEY,
  style INTEGER NOT NULL REFERENCES styles (id),
  name TEXT NOT NULL,
  sort_key TEXT NOT NULL,
  UNIQUE (style, sort_key)
) STRICT;

CREATE TABLE pieces (
  id INTEGER PRIMARY KEY,
  composer INTEGER NOT NULL REFERENCES composers (id),
  name TEXT NOT NULL,
  sort_key TEXT NOT NULL,
  UNIQUE (composer, sort_key)
) STRICT;

CREATE TABLE pages (
  id INTEGER PRIMARY KEY,
  piece INTEGER NOT NULL REFERENCES pieces (id),
  -- Position within the piece, from 1: as a CSV states it, else by natural order of the file names.
  number INTEGER NOT NULL CHECK (number >= 1),
  stated_number INTEGER CHECK (stated_number >= 1),
  -- Path below the imported folder, with forward slashes.
  file TEXT NOT NULL,
  sort_key TEXT NOT NULL,
  storage TEXT NOT NULL CHECK (storage IN ('linked', 'copied')),
  -- Where the bytes are, relative to the project folder, with forward slashes; absolute when on another drive.
  location TEXT NOT NULL,
  -- Absolute path of the original when it was last seen.
  origin TEXT NOT NULL,
  format TEXT NOT NULL CHECK (format IN ('jpeg', 'png', 'tiff', 'webp')),
  -- After EXIF orientation is applied.
  width INTEGER NOT NULL CHECK (width >= 1),
  height INTEGER NOT NULL CHECK (height >= 1),
  orientation INTEGER NOT NULL CHECK (orientation BETWEEN 1 AND 8),
  dpi REAL,
  size_bytes INTEGER NOT NULL,
  modified_ms REAL NOT NULL,
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  -- 1 when the bytes could not be found when last looked for.
  missing INTEGER NOT NULL DEFAULT 0 CHECK (missing IN (0, 1)),
  -- Style, composer, piece, file and field values, folded to lower case without accents.
  search_text TEXT NOT NULL
) STRICT;

CREATE INDEX pages_in_order ON pages (piece, number, sort_key);
CREATE INDEX pages_by_file ON pages (file);
CREATE INDEX pages_by_origin ON pages (origin);
CREATE INDEX pages_by_content ON pages (sha256, piece);

CREATE TABLE page_fields (
  page INTEGER NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  search_text TEXT NOT NULL,
  PRIMARY KEY (page, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX page_fields_by_name ON page_fields (name);

-- What each import gave, as it was reported.
CREATE TABLE imports (
  id INTEGER PRIMARY KEY,
  folder TEXT NOT NULL,
  finished_at TEXT NOT NULL,
  report TEXT NOT NULL CHECK (json_valid(report))
) STRICT;
