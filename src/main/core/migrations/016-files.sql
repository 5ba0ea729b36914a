-- Files that changed under us, what was found for those that are not as they were, and folders that are watched.

-- 1 when the file had other bytes than were imported when last looked at.
ALTER TABLE pages ADD COLUMN changed INTEGER NOT NULL DEFAULT 0 CHECK (changed IN (0, 1));

CREATE INDEX pages_by_location ON pages (location);
CREATE INDEX pages_amiss ON pages (id) WHERE missing = 1 OR changed = 1;

-- Files that may be one that is looked for: from the last search, until the file is found.
CREATE TABLE file_proposals (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- The first of the pages of the file that is looked for.
  page INTEGER NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
  -- Absolute.
  path TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  modified_ms REAL NOT NULL,
  -- Of the whole file; null where it was not read, for its size says that it is another.
  sha256 TEXT CHECK (length(sha256) = 64),
  -- 1 is the best for its page.
  rank INTEGER NOT NULL CHECK (rank >= 1),
  UNIQUE (page, path)
) STRICT;

-- Folders that are imported again by themselves.
CREATE TABLE watched_folders (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- Absolute.
  folder TEXT NOT NULL UNIQUE,
  -- What the import is told beside the folder.
  choices TEXT NOT NULL CHECK (json_valid(choices)),
  paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
  -- Names, sizes and times of all that was in it at its last import; null before the first.
  signature TEXT,
  imported_at TEXT,
  added INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0,
  problem TEXT
) STRICT;
