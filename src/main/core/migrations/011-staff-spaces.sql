-- The distance between staff lines of a page, measured when first asked for; kept while the bytes are the same.
CREATE TABLE staff_spaces (
  page INTEGER PRIMARY KEY REFERENCES pages (id) ON DELETE CASCADE,
  page_sha256 TEXT NOT NULL CHECK (length(page_sha256) = 64),
  -- All null where no staff can be made out.
  space_pixels REAL,
  line_pixels REAL,
  agreement REAL,
  -- PageStaves as JSON; null where not all staves can be made out.
  staves TEXT CHECK (staves IS NULL OR json_valid(staves))
) STRICT;

-- Over the crops of a sample set, which never change.
CREATE TABLE sample_set_staff_spaces (
  sample_set INTEGER PRIMARY KEY REFERENCES sample_sets (id) ON DELETE CASCADE,
  summary TEXT NOT NULL CHECK (json_valid(summary))
) STRICT;
