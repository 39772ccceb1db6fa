import GRDB

/// The tables. A migration that has landed is never edited; a change is a new one below it.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 ledger") { db in
            try db.execute(sql: ledger)
        }
        migrator.registerMigration("2 engine") { db in
            try db.execute(sql: engine)
        }
        migrator.registerMigration("3 paths") { db in
            try db.execute(sql: paths)
        }
        migrator.registerMigration("4 alerts") { db in
            try db.execute(sql: alerts)
        }
        migrator.registerMigration("5 recent") { db in
            try db.execute(sql: recent)
        }
        migrator.registerMigration("6 daily") { db in
            try db.execute(sql: daily)
        }
        migrator.registerMigration("7 own") { db in
            try db.execute(sql: own)
        }
        migrator.registerMigration("8 items") { db in
            try db.execute(sql: items)
        }
        migrator.registerMigration("9 headings") { db in
            try db.execute(sql: headings)
        }
        migrator.registerMigration("10 roadmap") { db in
            try db.execute(sql: roadmap)
        }
        return migrator
    }

    /// The migrations that a database lacks.
    ///
    /// - Throws: ``StoreError/newerSchema(path:)`` where it has all of these and more, `notADatabase` where it has some
    ///   that no version leaves it with.
    static func pending(in db: Database, path: String) throws -> [String] {
        let known = migrator.migrations
        let applied = try migrator.appliedIdentifiers(db)
        let pending = known.filter { !applied.contains($0) }
        if pending.isEmpty && applied.count > known.count { throw StoreError.newerSchema(path: path) }
        if applied.count + pending.count > known.count || !known.reversed().starts(with: pending.reversed()) {
            throw StoreError.notADatabase(path: path)
        }
        return pending
    }

    private static let roadmap = """
        -- The file that is the roadmap. What the worker says of it hangs on a repository's row, roadmap:PATH.
        CREATE TABLE roadmap (
            repository INTEGER PRIMARY KEY REFERENCES repository ON DELETE CASCADE,
            -- Of the repository that holds it; null where none does.
            git_dir TEXT,
            -- In the repository, else absolute.
            path TEXT NOT NULL
        ) STRICT;

        -- What the working file says, in its order.
        CREATE TABLE roadmap_node (
            repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE,
            number INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('heading', 'label', 'item', 'field')),
            depth INTEGER NOT NULL,
            text TEXT NOT NULL,
            value TEXT NOT NULL,
            box TEXT CHECK (box IN ('open', 'ticked')),
            line INTEGER NOT NULL,
            PRIMARY KEY (repository, number)
        ) STRICT, WITHOUT ROWID;

        -- The commits that changed it, parents before children.
        CREATE TABLE roadmap_version (
            id INTEGER PRIMARY KEY,
            repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE,
            -- Null for what is not committed.
            object BLOB CHECK (length(object) IN (20, 32)),
            at INTEGER,
            offset_minutes INTEGER NOT NULL,
            own INTEGER NOT NULL CHECK (own IN (0, 1)),
            recorded_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX roadmap_version_repository ON roadmap_version (repository);

        -- What each of them did to the items that have a box.
        CREATE TABLE roadmap_change (
            id INTEGER PRIMARY KEY,
            version INTEGER NOT NULL REFERENCES roadmap_version ON DELETE CASCADE,
            kind TEXT NOT NULL CHECK (kind IN ('added', 'dropped', 'ticked', 'unticked', 'renamed')),
            -- A JSON array: the titles that it stands under.
            path TEXT NOT NULL CHECK (json_valid(path)),
            text TEXT NOT NULL,
            path_before TEXT CHECK (path_before IS NULL OR json_valid(path_before)),
            text_before TEXT CHECK ((kind = 'renamed') = (text_before IS NOT NULL)),
            -- Of one added or dropped.
            ticked INTEGER NOT NULL CHECK (ticked IN (0, 1))
        ) STRICT;
        CREATE INDEX roadmap_change_version ON roadmap_change (version);
        """

    private static let headings = """
        -- Of a dev log entry: by which heading its file tells it from others, and the day that the file states. Its day is
        -- that one then, and its date the beginning of it.
        ALTER TABLE evidence ADD COLUMN heading TEXT NOT NULL DEFAULT '' CHECK (heading = '' OR kind = 2);
        ALTER TABLE evidence ADD COLUMN stated_day INTEGER CHECK (stated_day IS NULL OR kind = 2);
        DROP INDEX evidence_devlog;
        CREATE UNIQUE INDEX evidence_devlog ON evidence (carrier, path, heading) WHERE kind = 2;
        CREATE INDEX evidence_heading ON evidence (path, heading) WHERE heading <> '';
        """

    private static let items = """
        -- What counts and is neither a commit nor a dev log file.
        CREATE TABLE item (
            id INTEGER PRIMARY KEY,
            -- 1 a release, 2 an entry, 3 a sample of a metric.
            kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),
            -- The tag, the entry's kind, the metric.
            name TEXT NOT NULL,
            -- What makes it the same item in every clone.
            key TEXT NOT NULL UNIQUE,
            -- Null for what is outside git.
            object BLOB CHECK (length(object) IN (20, 32)),
            -- The commit with which it came in a trailer, and whose fate it shares.
            carrier INTEGER REFERENCES evidence,
            -- The journal's file; or the note's, absolute.
            path TEXT,
            -- Of a release: who made it.
            email TEXT,
            person TEXT,
            at INTEGER,
            offset_minutes INTEGER NOT NULL,
            -- Where a day is stated and no time; at is its beginning then.
            stated_day INTEGER,
            -- Minutes of an entry, the value of a sample.
            quantity REAL,
            unit TEXT,
            title TEXT NOT NULL,
            url TEXT,
            -- A JSON array.
            tags TEXT NOT NULL CHECK (json_valid(tags)),
            recorded_at INTEGER NOT NULL,
            -- Derived from the above and the rules in force, as of evidence.
            day INTEGER,
            verdict INTEGER NOT NULL CHECK (verdict BETWEEN 0 AND 7),
            folded_into INTEGER REFERENCES item,
            CHECK ((verdict = 1) = (folded_into IS NOT NULL)),
            CHECK (day IS NOT NULL OR verdict >= 2)
        ) STRICT;
        CREATE INDEX item_name ON item (kind, name, day);
        CREATE INDEX item_journal ON item (at) WHERE path IS NOT NULL;
        CREATE INDEX item_carrier ON item (carrier) WHERE carrier IS NOT NULL;
        CREATE INDEX item_folded ON item (folded_into) WHERE folded_into IS NOT NULL;
        CREATE INDEX item_future ON item (at) WHERE verdict = 3;

        -- Which repository shows an item. That of a trailer stands with its commit.
        CREATE TABLE item_sighting (
            item INTEGER NOT NULL REFERENCES item,
            repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE,
            -- When its tag was there no more.
            gone_at INTEGER,
            PRIMARY KEY (item, repository)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX item_sighting_repository ON item_sighting (repository);

        -- Files that should be entries and are none.
        CREATE TABLE unreadable (
            repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE,
            path TEXT NOT NULL,
            line INTEGER NOT NULL,
            message TEXT NOT NULL,
            PRIMARY KEY (repository, path)
        ) STRICT, WITHOUT ROWID;

        -- A digest of the tags that made a repository's releases.
        ALTER TABLE repository ADD COLUMN releases TEXT;
        """

    private static let own = """
        -- How many commits of the user's a repository holds or held. It is derived from its sightings.
        ALTER TABLE repository ADD COLUMN own INTEGER NOT NULL DEFAULT 0;
        UPDATE repository SET own = (SELECT count(*) FROM sighting s CROSS JOIN evidence e ON e.id = s.evidence
            WHERE s.repository = repository.id AND e.kind = 1 AND NOT s.disowned);
        -- By which SQLite sees that nothing refers to what is deleted.
        CREATE INDEX evidence_carrier ON evidence (carrier) WHERE carrier IS NOT NULL;
        """

    private static let daily = """
        -- How many items count on each day. It is derived from the ledger, so that no answer has to go through all of that.
        CREATE TABLE daily (
            kind INTEGER NOT NULL CHECK (kind IN (1, 2)),
            day INTEGER NOT NULL,
            items INTEGER NOT NULL CHECK (items > 0),
            PRIMARY KEY (kind, day)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO daily SELECT kind, day, count(*) FROM evidence WHERE verdict = 0 GROUP BY kind, day;
        """

    private static let recent = """
        -- While a repository had only a recent look: since when its commits are known. Null once all of them are.
        ALTER TABLE repository ADD COLUMN complete_since INTEGER;
        """

    private static let alerts = """
        ALTER TABLE episode RENAME TO episode_before;
        ALTER TABLE episode_transition RENAME TO transition_before;
        CREATE TABLE episode (
            rhythm TEXT NOT NULL,
            period TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN
                ('at-risk', 'due', 'missed', 'unverified', 'resolved', 'excused', 'acknowledged')),
            since INTEGER NOT NULL,
            acknowledged_at INTEGER,
            snoozed_until INTEGER,
            nagged_at INTEGER,
            late INTEGER NOT NULL DEFAULT 0 CHECK (late IN (0, 1)),
            PRIMARY KEY (rhythm, period)
        ) STRICT, WITHOUT ROWID;
        -- What happened to episodes: changes of state, at their true times, and what the user said.
        CREATE TABLE episode_event (
            id INTEGER PRIMARY KEY,
            rhythm TEXT NOT NULL,
            period TEXT NOT NULL,
            -- A state, or ack, snooze or nag.
            what TEXT NOT NULL,
            at INTEGER NOT NULL,
            recorded_at INTEGER NOT NULL,
            note TEXT
        ) STRICT;
        CREATE INDEX episode_event_at ON episode_event (at);
        INSERT INTO episode (rhythm, period, state, since) SELECT rhythm, period, state, since FROM episode_before;
        INSERT INTO episode_event (rhythm, period, what, at, recorded_at)
            SELECT rhythm, period, state, at, at FROM transition_before ORDER BY id;
        DROP TABLE transition_before;
        DROP TABLE episode_before;
        CREATE TABLE silence (
            id INTEGER PRIMARY KEY,
            rhythm TEXT,
            why TEXT NOT NULL,
            since INTEGER NOT NULL,
            until INTEGER NOT NULL CHECK (until >= since)
        ) STRICT;
        """

    private static let paths = """
        -- Path globs that commits were found to touch, spelt as the config had them.
        CREATE TABLE path_glob (
            id INTEGER PRIMARY KEY,
            glob TEXT NOT NULL UNIQUE
        ) STRICT;

        -- Which commit changed a file that a glob matches. It lies in the commit object, so it is only ever added to.
        CREATE TABLE touch (
            evidence INTEGER NOT NULL REFERENCES evidence,
            glob INTEGER NOT NULL REFERENCES path_glob,
            PRIMARY KEY (evidence, glob)
        ) STRICT, WITHOUT ROWID;
        """

    private static let engine = """
        -- The day rules through time, as JSON: zones by name.
        CREATE TABLE calendar (
            id INTEGER PRIMARY KEY,
            recorded_at INTEGER NOT NULL,
            json TEXT NOT NULL CHECK (json_valid(json))
        ) STRICT;

        -- Days off that the user asked for by command. Those in the config stay there.
        CREATE TABLE excuse (
            id INTEGER PRIMARY KEY,
            first_day INTEGER NOT NULL,
            last_day INTEGER NOT NULL CHECK (last_day >= first_day),
            why TEXT NOT NULL,
            -- Nil for every rhythm.
            rhythm TEXT,
            recorded_at INTEGER NOT NULL,
            revoked_at INTEGER CHECK (revoked_at >= recorded_at)
        ) STRICT;

        -- When the daemon was looking: from the beginning of the first good pass to that of the last.
        CREATE TABLE coverage (
            since INTEGER PRIMARY KEY,
            until INTEGER NOT NULL CHECK (until >= since)
        ) STRICT;
        INSERT INTO coverage SELECT CAST(value AS INTEGER), CAST(value AS INTEGER) FROM setting WHERE name = 'scanned_at';
        DELETE FROM setting WHERE name = 'scanned_at';

        -- A definition can change twice within a second; and it asked for one thing alone. A removal is JSON's null.
        ALTER TABLE definition RENAME TO definition_before;
        CREATE TABLE definition (
            id INTEGER PRIMARY KEY,
            rhythm TEXT NOT NULL CHECK (rhythm <> ''),
            recorded_at INTEGER NOT NULL,
            json TEXT NOT NULL CHECK (json_valid(json))
        ) STRICT;
        CREATE INDEX definition_rhythm ON definition (rhythm, recorded_at);
        INSERT INTO definition (rhythm, recorded_at, json) SELECT rhythm, recorded_at, json_object(
            'bound', 'at-least', 'combination', 'all', 'every', json ->> 'every', 'hard', json('false'),
            'id', json ->> 'id', 'name', json ->> 'name',
            'parts', json_array(json_object(
                'source', json_object('measure', json ->> 'measure', 'paths', json('[]'), 'repositories', json('[]')),
                'target', json ->> 'target')),
            'restDays', json('[]'), 'weekStart', 'monday')
            FROM definition_before ORDER BY recorded_at;
        DROP TABLE definition_before;
        """

    private static let ledger = """
        CREATE TABLE setting (
            name TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE repository (
            id INTEGER PRIMARY KEY,
            -- The canonical common git dir.
            git_dir TEXT NOT NULL UNIQUE CHECK (git_dir <> ''),
            work_dir TEXT,
            -- tracked; ignored: its evidence does not count; retired: it counts and is no longer looked for.
            standing TEXT NOT NULL DEFAULT 'tracked' CHECK (standing IN ('tracked', 'ignored', 'retired')),
            reader TEXT CHECK (reader IN ('libgit2', 'git')),
            -- What the last complete scan knew, to go on from.
            view TEXT,
            tips BLOB,
            emails TEXT,
            scanned_at INTEGER,
            first_seen_at INTEGER NOT NULL,
            -- Clones of one history share a lineage: the least id among them.
            lineage INTEGER,
            CHECK ((view IS NULL) = (tips IS NULL) AND (view IS NULL) = (scanned_at IS NULL))
        ) STRICT;

        -- Times in which a repository could not be read. The open one has no end.
        CREATE TABLE gap (
            id INTEGER PRIMARY KEY,
            repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE,
            since INTEGER NOT NULL,
            until INTEGER CHECK (until >= since),
            code TEXT NOT NULL,
            message TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX gap_open ON gap (repository) WHERE until IS NULL;

        CREATE TABLE author (
            id INTEGER PRIMARY KEY,
            -- Canonical after the mailmap, lower case.
            email TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL
        ) STRICT;

        CREATE TABLE evidence (
            id INTEGER PRIMARY KEY,
            -- 1 a commit, 2 a dev log entry: a file that a commit added to.
            kind INTEGER NOT NULL CHECK (kind IN (1, 2)),
            object BLOB NOT NULL CHECK (length(object) IN (20, 32)),
            -- Of a dev log entry: its file, and the commit that it came with and shares its fate with.
            path TEXT CHECK ((kind = 2) = (path IS NOT NULL)),
            carrier INTEGER REFERENCES evidence CHECK ((kind = 2) = (carrier IS NOT NULL)),
            author INTEGER NOT NULL REFERENCES author,
            -- The author date and offset, the committer date.
            at INTEGER,
            offset_minutes INTEGER NOT NULL,
            committed_at INTEGER,
            first_parent BLOB,
            parents INTEGER NOT NULL CHECK (parents >= 0),
            subject TEXT NOT NULL,
            co_authored INTEGER NOT NULL CHECK (co_authored IN (0, 1)),
            recorded_at INTEGER NOT NULL,
            -- Derived from the above and the rules in force: days since 1970-01-01; 0 counted, 1 folded, else a rejection.
            day INTEGER,
            verdict INTEGER NOT NULL CHECK (verdict BETWEEN 0 AND 7),
            folded_into INTEGER REFERENCES evidence,
            CHECK ((verdict = 1) = (folded_into IS NOT NULL)),
            CHECK (day IS NOT NULL OR verdict >= 2)
        ) STRICT;
        CREATE UNIQUE INDEX evidence_commit ON evidence (object) WHERE kind = 1;
        CREATE UNIQUE INDEX evidence_devlog ON evidence (carrier, path) WHERE kind = 2;
        CREATE INDEX evidence_folded ON evidence (folded_into) WHERE folded_into IS NOT NULL;
        CREATE INDEX evidence_moment ON evidence (author, at) WHERE kind = 1;
        CREATE INDEX evidence_day ON evidence (kind, day);
        CREATE INDEX evidence_future ON evidence (at) WHERE verdict = 3;

        -- Which repository holds a commit, or shows a dev log entry in one: at the edge of a shallow clone none shows.
        CREATE TABLE sighting (
            evidence INTEGER NOT NULL REFERENCES evidence,
            repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE,
            -- The author by that repository's mailmap. Where several differ, the item's is the one of the least email.
            author INTEGER NOT NULL REFERENCES author,
            -- When nothing in the repository led to it any more.
            gone_at INTEGER,
            -- By the repository's identity as it is now the item is somebody else's.
            disowned INTEGER NOT NULL DEFAULT 0 CHECK (disowned IN (0, 1)),
            PRIMARY KEY (evidence, repository)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX sighting_repository ON sighting (repository);

        -- Commits of others, as far as scans came across them.
        CREATE TABLE other_author (
            repository INTEGER NOT NULL REFERENCES repository ON DELETE CASCADE,
            email TEXT NOT NULL,
            name TEXT NOT NULL,
            commits INTEGER NOT NULL CHECK (commits > 0),
            PRIMARY KEY (repository, email)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE definition (
            rhythm TEXT NOT NULL CHECK (rhythm <> ''),
            recorded_at INTEGER NOT NULL,
            json TEXT NOT NULL CHECK (json_valid(json)),
            PRIMARY KEY (rhythm, recorded_at)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE episode (
            rhythm TEXT NOT NULL,
            period TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('at-risk', 'due', 'missed', 'unverified', 'resolved')),
            since INTEGER NOT NULL,
            -- In the archive once it is over.
            archived INTEGER NOT NULL CHECK (archived IN (0, 1)),
            PRIMARY KEY (rhythm, period)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE episode_transition (
            id INTEGER PRIMARY KEY,
            rhythm TEXT NOT NULL,
            period TEXT NOT NULL,
            state TEXT NOT NULL,
            at INTEGER NOT NULL,
            FOREIGN KEY (rhythm, period) REFERENCES episode
        ) STRICT;
        """
}
