"""Every table, with the reason for each column that is not plain; one DDL text for both dialects.

Times are ISO 8601 UTC text of fixed width, so that text order is time order. `{pk}` and `{clustered}` are the
dialect's own words for an integer key made by the database and for a table stored in its primary key.
A released text is never edited: what changes later is a text of its own, applied as the next migration.
"""

TABLES = """
CREATE TABLE sources(
  name TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  url TEXT NOT NULL,
  title TEXT NOT NULL DEFAULT '',      -- what the source calls itself
  definition TEXT NOT NULL,            -- hash of kind, url and options: a change means priming again
  language TEXT,
  tags TEXT NOT NULL DEFAULT '[]',
  state TEXT NOT NULL DEFAULT 'priming' CHECK(state IN ('priming','live','failing','gone','paused')),
  configured INTEGER NOT NULL DEFAULT 1, -- 0: no longer in the configuration; kept for its history
  etag TEXT,                           -- validators are saved with what they brought, never before
  last_modified TEXT,
  body_hash TEXT,                      -- some servers change the validator and not the document
  next_poll_at TEXT NOT NULL,
  claimed_at TEXT,                     -- set while a poll is under way; released at start after a crash
  last_poll_at TEXT,
  last_full_at TEXT,                   -- last poll without validators: once a day, some servers lie
  last_ok_at TEXT,
  last_new_at TEXT,
  last_status INTEGER,
  last_error TEXT,
  note TEXT NOT NULL DEFAULT '',       -- of a good poll: items that could not be read, and why
  failing_since TEXT,
  fails INTEGER NOT NULL DEFAULT 0,
  polls INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  entries INTEGER NOT NULL DEFAULT 0);

CREATE TABLE polls(
  id {pk},
  source TEXT NOT NULL REFERENCES sources(name),
  at TEXT NOT NULL,
  seconds DOUBLE PRECISION NOT NULL,
  status INTEGER,
  bytes INTEGER NOT NULL DEFAULT 0,
  entries INTEGER NOT NULL DEFAULT 0,
  new INTEGER NOT NULL DEFAULT 0,
  skipped INTEGER NOT NULL DEFAULT 0,  -- items that could not be read
  error TEXT);
CREATE INDEX polls_source ON polls(source, at);

CREATE TABLE entries(
  id {pk},
  source TEXT NOT NULL REFERENCES sources(name),
  url TEXT NOT NULL,
  title TEXT NOT NULL DEFAULT '',
  summary TEXT NOT NULL DEFAULT '',
  content TEXT NOT NULL DEFAULT '',    -- emptied once the article is stored
  authors TEXT NOT NULL DEFAULT '[]',
  published TEXT,
  updated TEXT,
  language TEXT,
  image TEXT,
  digest TEXT NOT NULL,                -- hash of what the source says; a change asks for a new look at the page
  class TEXT NOT NULL CHECK(class IN ('live','backfill','rewrite','burst','late','update')),
  state TEXT NOT NULL DEFAULT 'todo' CHECK(state IN ('todo','done','failed')),
  reason TEXT,                         -- why it failed, or why its text is only a summary
  look TEXT NOT NULL DEFAULT 'page' CHECK(look IN ('page','entry')), -- fetch its page, or take its own words
  host TEXT NOT NULL DEFAULT '',       -- of its page; '' where none is fetched: hosts take turns
  looks INTEGER NOT NULL DEFAULT 0,    -- how often it was looked at: re-looks are spaced and bounded
  tries INTEGER NOT NULL DEFAULT 0,
  next_try_at TEXT NOT NULL,
  claimed_at TEXT,
  first_seen_at TEXT NOT NULL,
  article_id BIGINT);
CREATE INDEX entries_todo ON entries(next_try_at, id) WHERE state = 'todo';
CREATE INDEX entries_source ON entries(source, first_seen_at);
CREATE INDEX entries_article ON entries(article_id);

CREATE TABLE entry_keys(
  source TEXT NOT NULL,
  kind TEXT NOT NULL CHECK(kind IN ('id','url','title')),
  key TEXT NOT NULL,
  entry_id BIGINT NOT NULL REFERENCES entries(id),
  PRIMARY KEY(source, kind, key)){clustered};

CREATE TABLE stories(
  id {pk},
  key TEXT NOT NULL UNIQUE,            -- hash of the founding article's canonical URL: alert ids derive from it
  title TEXT NOT NULL,
  language TEXT,
  first_article_id BIGINT,
  first_seen_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  articles INTEGER NOT NULL DEFAULT 1,
  latest_at TEXT,                      -- when its newest article was printed: likeness fades from there
  terms TEXT);                         -- JSON {words: {language: {term: thousandths}}, sizes, marks}, the heaviest
CREATE INDEX stories_updated ON stories(updated_at);

-- Candidates: in which stories of the last days a heavy term occurs; a bounded number of rows per term.
CREATE TABLE story_terms(
  term TEXT NOT NULL,                  -- en:tariff (a word of a language), @sheinbaum (a name), #10000 (a number)
  story_id BIGINT NOT NULL,
  weight DOUBLE PRECISION NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY(term, story_id)){clustered};
CREATE INDEX story_terms_at ON story_terms(at);

CREATE TABLE articles(
  id {pk},
  canonical_url TEXT NOT NULL UNIQUE,
  url TEXT NOT NULL,
  source TEXT NOT NULL,
  site TEXT NOT NULL DEFAULT '',
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  authors TEXT NOT NULL DEFAULT '[]',
  published TEXT,
  modified TEXT,
  language TEXT,
  image TEXT,
  tags TEXT NOT NULL DEFAULT '[]',
  extraction TEXT NOT NULL CHECK(extraction IN ('page','feed','summary')),
  note TEXT NOT NULL DEFAULT '',
  class TEXT NOT NULL,
  first_seen_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  revision INTEGER NOT NULL DEFAULT 1,
  words INTEGER NOT NULL DEFAULT 0,
  story_id BIGINT NOT NULL REFERENCES stories(id),
  relation TEXT NOT NULL CHECK(relation IN ('new','copy','same_story')),
  copy_of BIGINT,
  score DOUBLE PRECISION,              -- evidence of the relation: containment for a copy, cosine for a story
  sketch_n INTEGER NOT NULL DEFAULT 0, -- fingerprints its text has, stored or not
  text_hash TEXT NOT NULL);            -- of the folded words: equality of texts too short for fingerprints
CREATE INDEX articles_story ON articles(story_id);
CREATE INDEX articles_seen ON articles(first_seen_at);
CREATE INDEX articles_text_hash ON articles(text_hash);

CREATE TABLE revisions(
  article_id BIGINT NOT NULL REFERENCES articles(id),
  number INTEGER NOT NULL,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  extraction TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  PRIMARY KEY(article_id, number));

-- Copies: h is a 63-bit hash of an anchored 5-word shingle (HEART, section 2).
CREATE TABLE fingerprints(
  h BIGINT NOT NULL,
  article_id BIGINT NOT NULL,
  PRIMARY KEY(h, article_id)){clustered};
CREATE INDEX fingerprints_article ON fingerprints(article_id);

-- Stories: in how many articles of a sample a term occurs, for idf; `en:` alone counts those of a language, `@` all.
CREATE TABLE terms(
  term TEXT PRIMARY KEY,
  df INTEGER NOT NULL){clustered};

CREATE TABLE matches(
  id {pk},
  rule TEXT NOT NULL,
  article_id BIGINT NOT NULL REFERENCES articles(id),
  revision INTEGER NOT NULL,
  story_id BIGINT NOT NULL,
  spans TEXT NOT NULL,                 -- JSON [[field, start, end], ...]
  snippet TEXT NOT NULL DEFAULT '',
  outcome TEXT NOT NULL CHECK(outcome IN ('alerted','joined','backfill','reissued','muted','known')),
  alert_id TEXT,
  matched_at TEXT NOT NULL,
  UNIQUE(rule, article_id, revision));
CREATE INDEX matches_rule ON matches(rule, matched_at);
CREATE INDEX matches_article ON matches(article_id);

CREATE TABLE alerts(
  id TEXT PRIMARY KEY,                 -- al_ + hash of rule and story key: the same after a restart or a restore
  kind TEXT NOT NULL CHECK(kind IN ('story','update','digest','storm','health')),
  rule TEXT NOT NULL,
  story_id BIGINT,
  article_id BIGINT,                   -- the article that fired first
  parent_id TEXT REFERENCES alerts(id),-- of an update: the alert it updates
  title TEXT NOT NULL,
  lines TEXT NOT NULL DEFAULT '[]',    -- extra plain lines of the message
  receipt TEXT,                        -- JSON, why it fired
  created_at TEXT NOT NULL,
  message TEXT,                        -- JSON, frozen at the first claim: every retry sends the same
  frozen_at TEXT);
CREATE INDEX alerts_story ON alerts(story_id);
CREATE INDEX alerts_created ON alerts(created_at);
CREATE INDEX alerts_parent ON alerts(parent_id, created_at);

CREATE TABLE alert_articles(
  alert_id TEXT NOT NULL REFERENCES alerts(id),
  article_id BIGINT NOT NULL REFERENCES articles(id),
  relation TEXT NOT NULL,
  added_at TEXT NOT NULL,
  told_in TEXT,                        -- the alert whose message named it; NULL = not yet told
  PRIMARY KEY(alert_id, article_id));
-- Looked through at every tick: copies join silently for ever and must not be in it.
CREATE INDEX alert_articles_untold ON alert_articles(alert_id) WHERE told_in IS NULL AND relation <> 'copy';

CREATE TABLE channels(
  name TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  configured INTEGER NOT NULL DEFAULT 1,
  state TEXT NOT NULL DEFAULT 'enabled' CHECK(state IN ('enabled','paused','broken')),
  blocked_until TEXT NOT NULL DEFAULT '',
  fails INTEGER NOT NULL DEFAULT 0,    -- failures in a row: five of them open the breaker (blocked_until)
  first_fail_at TEXT,
  doubted_at TEXT,                     -- an answer said the address is wrong; a second one breaks the channel
  last_ok_at TEXT,
  last_error TEXT,
  created_at TEXT NOT NULL);

CREATE TABLE deliveries(
  id TEXT PRIMARY KEY,                 -- msg_ + hash of alert, channel, target and part
  alert_id TEXT NOT NULL REFERENCES alerts(id),
  channel TEXT NOT NULL REFERENCES channels(name),
  target TEXT NOT NULL DEFAULT '',     -- e.g. one mail recipient; '' where the channel is one place
  part INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL CHECK(state IN ('held','pending','sending','sent','merged','suppressed','dead')),
  reason TEXT,
  priority INTEGER NOT NULL DEFAULT 5,
  created_at TEXT NOT NULL,
  next_at TEXT NOT NULL,
  deadline_at TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  uncertain INTEGER NOT NULL DEFAULT 0,
  degraded INTEGER NOT NULL DEFAULT 0,
  slot INTEGER NOT NULL DEFAULT 0,
  lease_owner TEXT,
  lease_until TEXT,
  lease_epoch INTEGER NOT NULL DEFAULT 0,
  sent_at TEXT,
  last_error TEXT,
  merged_into TEXT REFERENCES deliveries(id),
  UNIQUE(alert_id, channel, target, part),
  CHECK((state = 'sending') = (lease_owner IS NOT NULL)),
  CHECK((state = 'sent') = (sent_at IS NOT NULL)));
CREATE UNIQUE INDEX deliveries_in_flight ON deliveries(channel, slot) WHERE state = 'sending';
CREATE INDEX deliveries_due ON deliveries(channel, priority, created_at, id) WHERE state = 'pending';
CREATE INDEX deliveries_lease ON deliveries(lease_until) WHERE state = 'sending';
CREATE INDEX deliveries_alert ON deliveries(alert_id);

-- A row without finished_at means: may have been sent.
CREATE TABLE attempts(
  delivery_id TEXT NOT NULL REFERENCES deliveries(id),
  epoch INTEGER NOT NULL,
  owner TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  outcome TEXT,
  http_status INTEGER,
  detail TEXT,
  PRIMARY KEY(delivery_id, epoch));

CREATE TABLE mutes(
  id {pk},
  rule TEXT,                           -- NULL = every rule
  source TEXT,                         -- NULL = every source
  starts_at TEXT NOT NULL,
  ends_at TEXT NOT NULL,
  who TEXT NOT NULL,
  why TEXT NOT NULL);

CREATE TABLE meta(k TEXT PRIMARY KEY, v TEXT NOT NULL)
"""

# Why an article belongs where it does, what people decided about stories, what became of articles after publication.
STORIES = """
ALTER TABLE articles ADD COLUMN extent TEXT CHECK(extent IN ('full','excerpt','contains','partial')); -- of a copy
ALTER TABLE articles ADD COLUMN of_new DOUBLE PRECISION;      -- of a copy: the share of its text the original has
ALTER TABLE articles ADD COLUMN of_original DOUBLE PRECISION; -- and the share of the original it has
ALTER TABLE articles ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0; -- a person said to which story it belongs
ALTER TABLE articles ADD COLUMN standing TEXT NOT NULL DEFAULT 'printed'
  CHECK(standing IN ('printed','corrected','retracted','gone'));
ALTER TABLE articles ADD COLUMN standing_at TEXT;
ALTER TABLE articles ADD COLUMN standing_note TEXT NOT NULL DEFAULT ''; -- the publisher's own words, or the answer
ALTER TABLE stories ADD COLUMN merged_into BIGINT;   -- its articles are there now; it is still found by its terms
CREATE INDEX articles_stood ON articles(standing_at) WHERE standing <> 'printed';
DROP INDEX articles_desk;                            -- the desk counts by the new columns too
CREATE INDEX articles_desk ON articles(
  first_seen_at, relation, language, source, site, story_id, extraction, class, extent, standing, pinned);
CREATE INDEX stories_desk ON stories(updated_at, merged_into) WHERE merged_into IS NULL;
ALTER TABLE alerts ADD COLUMN fold TEXT NOT NULL DEFAULT 'story' CHECK(fold IN ('story','none'));
ALTER TABLE entries ADD COLUMN relook_at TEXT;       -- its page is read again for edits, within a budget
ALTER TABLE entries ADD COLUMN relook_rank INTEGER NOT NULL DEFAULT 1; -- 0: some rule holds for its article
ALTER TABLE entries ADD COLUMN relooks INTEGER NOT NULL DEFAULT 0;
DROP INDEX entries_todo;                             -- the past waits behind the news: asked for by rank
CREATE INDEX entries_todo ON entries(
  (CASE WHEN class IN ('backfill','rewrite') THEN 1 ELSE 0 END), next_try_at, id) WHERE state = 'todo';
CREATE INDEX entries_relook ON entries(relook_rank, relook_at) WHERE relook_at IS NOT NULL;

-- What an edit, a correction or a withdrawal changed in a story that a rule has told.
CREATE TABLE edits(
  alert_id TEXT NOT NULL REFERENCES alerts(id),
  article_id BIGINT NOT NULL REFERENCES articles(id),
  revision INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK(kind IN ('edited','corrected','retracted','gone')),
  lines TEXT NOT NULL,                 -- JSON, plain lines of a message
  added_at TEXT NOT NULL,
  told_in TEXT,                        -- the update whose message says it; NULL = not yet told
  quiet TEXT,                          -- why nobody is told, where nobody is
  PRIMARY KEY(alert_id, article_id, revision, kind));
CREATE INDEX edits_untold ON edits(alert_id) WHERE told_in IS NULL AND quiet IS NULL;
CREATE INDEX edits_article ON edits(article_id);
CREATE INDEX edits_desk ON edits(added_at, kind, told_in, quiet);

-- What people said about stories: it wins over every computed placement.
CREATE TABLE decisions(
  id {pk},
  at TEXT NOT NULL,
  what TEXT NOT NULL CHECK(what IN ('merge','split','pin','unpin')),
  story_id BIGINT NOT NULL,            -- where the articles went
  from_story_id BIGINT,                -- where they were
  articles TEXT NOT NULL DEFAULT '[]', -- JSON, ids
  who TEXT NOT NULL,
  why TEXT NOT NULL DEFAULT '');
CREATE INDEX decisions_story ON decisions(story_id);

-- An article's fingerprints follow from its text: an index to find them by article would double their size.
DROP INDEX fingerprints_article
"""

# What waits to be told in one message, what a receiver calls a message, and what is wrong with the service itself.
TRUST = """
ALTER TABLE deliveries ADD COLUMN digest TEXT;       -- held until next_at to be told with others, and why
ALTER TABLE deliveries ADD COLUMN remote TEXT;       -- the receiver's name for it: a reply or a change needs that
ALTER TABLE deliveries ADD COLUMN shown INTEGER NOT NULL DEFAULT 0; -- articles it names as last sent or changed
CREATE INDEX deliveries_digest ON deliveries(next_at) WHERE state = 'held' AND digest IS NOT NULL;
ALTER TABLE alerts ADD COLUMN tail TEXT NOT NULL DEFAULT '[]'; -- plain lines a digest ends with: what was watched
CREATE INDEX deliveries_remote ON deliveries(channel, sent_at) WHERE remote IS NOT NULL;
CREATE INDEX deliveries_merged ON deliveries(merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX deliveries_made ON deliveries(created_at, channel) WHERE digest IS NULL;
ALTER TABLE alerts ADD COLUMN severity TEXT NOT NULL DEFAULT 'normal' CHECK(severity IN ('normal','urgent'));
ALTER TABLE sources ADD COLUMN catching_up INTEGER NOT NULL DEFAULT 0; -- restored: the next poll proves nothing
ALTER TABLE sources ADD COLUMN id_policy TEXT NOT NULL DEFAULT 'id' CHECK(id_policy IN ('id','url','title'));

-- Troubles of the service, each from when it was noticed until it ended; an alert tells each once.
CREATE TABLE troubles(
  id {pk},
  kind TEXT NOT NULL,                  -- source_failing, channel_broken, queue_lag, disk_low, ...
  subject TEXT NOT NULL DEFAULT '',    -- the source or channel concerned
  since_at TEXT NOT NULL,
  ended_at TEXT,
  detail TEXT NOT NULL DEFAULT '',
  alert_id TEXT,                       -- the health alert that told it
  UNIQUE(kind, subject, since_at));
CREATE INDEX troubles_desk ON troubles(since_at, kind, ended_at);
CREATE UNIQUE INDEX troubles_open ON troubles(kind, subject) WHERE ended_at IS NULL
"""


def statements(ddl: str, pk: str, clustered: str) -> list[str]:
    """A DDL text as single statements in one dialect. `pk` types an integer key, `clustered` ends its CREATE TABLE."""
    bare = "\n".join(line.split("--")[0].rstrip() for line in ddl.splitlines())
    return [s.strip().replace("{pk}", pk).replace("{clustered}", clustered) for s in bare.split(";") if s.strip()]
