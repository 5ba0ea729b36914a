-- What one look at a page told, kept while its bytes are the same; see src/main/numerics/page-health/measure.ts.
CREATE TABLE page_measures (
  page INTEGER PRIMARY KEY REFERENCES pages (id) ON DELETE CASCADE,
  page_sha256 TEXT NOT NULL CHECK (length(page_sha256) = 64),
  method TEXT NOT NULL,
  measured_at TEXT NOT NULL,
  paper REAL NOT NULL,
  print REAL NOT NULL,
  ink_share REAL NOT NULL,
  covered REAL NOT NULL,
  -- Null where the page has nothing to measure it by.
  edge_pixels REAL,
  skew_degrees REAL,
  space_pixels REAL,
  agreement REAL,
  sideways INTEGER NOT NULL CHECK (sideways IN (0, 1)),
  fingerprint BLOB,
  -- 1 once it was compared with all pages that were compared before it.
  compared INTEGER NOT NULL DEFAULT 0 CHECK (compared IN (0, 1))
) STRICT;

-- Pages that were laid over one another, by content.
CREATE TABLE page_likenesses (
  one_sha256 TEXT NOT NULL CHECK (length(one_sha256) = 64),
  other_sha256 TEXT NOT NULL CHECK (length(other_sha256) = 64),
  method TEXT NOT NULL,
  likeness REAL NOT NULL,
  PRIMARY KEY (one_sha256, other_sha256),
  CHECK (one_sha256 < other_sha256)
) STRICT, WITHOUT ROWID;

-- Findings that are fine, by content: `content` is the hashes of their pages in ascending order, parted by spaces.
CREATE TABLE health_decisions (
  check_name TEXT NOT NULL,
  content TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  PRIMARY KEY (check_name, content)
) STRICT, WITHOUT ROWID;
