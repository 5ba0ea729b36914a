-- Frozen sets of crops; their pixels lie in samples/<id>.u8 in the order of `position`.

CREATE TABLE sample_sets (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  hash TEXT NOT NULL CHECK (length(hash) = 64),
  pixels_sha256 TEXT NOT NULL CHECK (length(pixels_sha256) = 64),
  -- The definition of grey and of the random stream that made it.
  method TEXT NOT NULL,
  seed INTEGER NOT NULL,
  per_page INTEGER NOT NULL,
  size INTEGER NOT NULL,
  whiteness REAL NOT NULL,
  tries_per_page INTEGER NOT NULL,
  samples INTEGER NOT NULL,
  pages INTEGER NOT NULL,
  refused_draws INTEGER NOT NULL,
  seconds REAL NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE samples (
  sample_set INTEGER NOT NULL REFERENCES sample_sets (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  page INTEGER NOT NULL REFERENCES pages (id),
  -- The page's bytes as they were when the crop was cut.
  page_sha256 TEXT NOT NULL,
  x INTEGER NOT NULL,
  y INTEGER NOT NULL,
  -- Which draw on its page was accepted, from 1.
  draw INTEGER NOT NULL,
  whiteness REAL NOT NULL,
  PRIMARY KEY (sample_set, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX samples_by_page ON samples (page, sample_set);

-- Pages that gave fewer crops than were asked for, and why.
CREATE TABLE shortages (
  sample_set INTEGER NOT NULL REFERENCES sample_sets (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  page INTEGER NOT NULL REFERENCES pages (id),
  accepted INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (sample_set, position)
) STRICT, WITHOUT ROWID;
