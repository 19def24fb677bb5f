-- Groups that people can merge and split, and whose fingerprint has a version.

-- A strain: letters alike in fingerprint, class, event type and consumer. Several strains may be one group; merging and
-- taking apart again changes group_id only, so that counters, which belong to strains, stay exact.
CREATE TABLE letter_strain (
    id                  INTEGER PRIMARY KEY,
    strain              TEXT    NOT NULL UNIQUE, -- what its letters have in common, as a digest
    group_id            TEXT    NOT NULL,        -- the group that people see: 'g' and 12 hex digits
    fingerprint_id      TEXT    NOT NULL,        -- the group by fingerprint alone
    fingerprint_version INTEGER NOT NULL,
    title               TEXT    NOT NULL,
    error_class         TEXT,
    event_type          TEXT,
    consumer            TEXT,
    team                TEXT,                    -- by the ownership file read last
    first_at_ms         INTEGER NOT NULL,        -- of its letters' moments
    last_at_ms          INTEGER NOT NULL,
    oldest_open_at_ms   INTEGER,                 -- NULL: none is open
    sample_message      TEXT,                    -- of the letter stored last, cut
    root_cause          TEXT,                    -- parts of the fingerprint; NULL: it does not enter
    frame               TEXT,
    message             TEXT,
    rule                TEXT                     -- of grouping.yaml, that decided; NULL: none
) STRICT;
INSERT INTO letter_strain (id, strain, group_id, fingerprint_id, fingerprint_version, title, error_class, event_type,
    consumer, team, first_at_ms, last_at_ms, oldest_open_at_ms, sample_message)
SELECT id, group_id, group_id, group_id, fingerprint_version, title, error_class, event_type,
    consumer, team, first_at_ms, last_at_ms, oldest_open_at_ms, sample_message
FROM letter_group;
DROP TABLE letter_group;
ALTER TABLE letter_strain RENAME TO letter_group;
CREATE INDEX letter_group_shown ON letter_group (group_id);
CREATE INDEX letter_group_fingerprint ON letter_group (fingerprint_id);

-- Where a group went. 'merge': a person put it into another; its letters, also those to come, are shown there.
-- 'moved': its letters were grouped anew and most of them are there; counts only while no letter bears the old id.
CREATE TABLE group_alias (
    from_id TEXT    NOT NULL,
    kind    TEXT    NOT NULL, -- merge, moved
    into_id TEXT    NOT NULL,
    seq     INTEGER NOT NULL, -- ledger event that said so
    PRIMARY KEY (from_id, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_alias_into ON group_alias (into_id);

-- Groups that a person made by taking letters out of others.
CREATE TABLE group_split (
    group_id TEXT    NOT NULL PRIMARY KEY,
    title    TEXT    NOT NULL,
    seq      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Letters in such a group, by id: a letter that is read again finds its group here.
CREATE TABLE letter_pin (
    letter_id TEXT    NOT NULL PRIMARY KEY,
    group_id  TEXT    NOT NULL,
    home_ref  INTEGER,          -- strain by fingerprint, to go back to; NULL: the letter is not stored
    seq       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX letter_pin_group ON letter_pin (group_id);

-- The grouping anew that is under way; no row: none is.
CREATE TABLE regroup_run (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    rules_digest TEXT    NOT NULL, -- of the rules its first batch used; other rules start over
    actor        TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    next_letter  INTEGER NOT NULL, -- row of table letter
    last_letter  INTEGER NOT NULL, -- younger ones were stored by the new rules already
    done         INTEGER NOT NULL, -- letters looked at
    total        INTEGER NOT NULL,
    moved        INTEGER NOT NULL  -- letters that changed their group
) STRICT;

-- How many letters went from which fingerprint to which in it; equal ids: stayed.
CREATE TABLE regroup_flow (
    from_id TEXT    NOT NULL,
    into_id TEXT    NOT NULL,
    letters INTEGER NOT NULL,
    PRIMARY KEY (from_id, into_id)
) STRICT, WITHOUT ROWID;
