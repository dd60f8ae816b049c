//! The limits that hold against hostile input: anybody can open a pull request.
//!
//! Each bounds time or memory, and lies far above what real checkouts have, which the comments give
//! as of autumn 2024. How much of something is *shown* is not here but with what shows it, and the
//! limits of a format (`oc`'s longest line, a tag's longest name) stand with its grammar.

#[cfg(feature = "online")]
use std::time::Duration;

// Reading files.

/// Bytes of a file; a larger one is not read. The largest of interest have some 200 KB: the config of
/// ci-secret-bootstrap, `infra-periodics.yaml`.
pub(crate) const MAX_FILE_SIZE: u64 = 16 * 1024 * 1024;

/// Bytes of the journal of `new`, which holds a few files with their texts before and afterwards.
pub(crate) const MAX_JOURNAL: u64 = 8 * MAX_FILE_SIZE;

/// Bytes that are read of a list of images; that of a cluster has some hundred MB.
pub(crate) const MAX_LIST_SIZE: u64 = 4 * 1024 * 1024 * 1024;

/// Symbolic links in a row, of which a chain is followed; there is one.
pub(crate) const MAX_LINKS: usize = 16;

// Texts of YAML.

/// Collections inside each other; real files have some twenty. Nodes are dropped and copied
/// recursively, so keep it below some thousand.
pub(crate) const MAX_YAML_DEPTH: usize = 100;

/// Nodes written in one text; 200 KB hold some ten thousand.
pub(crate) const MAX_YAML_NODES: usize = 2_000_000;

/// Nodes copied for the aliases of one text; the manifests that use any have some dozens.
pub(crate) const MAX_EXPANDED_NODES: usize = 100_000;

/// An alias to a longer text is charged as one more node for each such stretch of bytes.
pub(crate) const BYTES_PER_EXPANDED_NODE: usize = 64;

/// Repeated keys reported of one text; a text with more is no text that anybody mends key by key.
pub(crate) const MAX_DUPLICATE_KEYS: usize = 1_000;

/// Comments in a row that granit may hold back while it looks for what follows them, at some 200
/// bytes for each. The longest run has 18.
pub(crate) const MAX_COMMENT_RUN: usize = 100_000;

// Regular expressions: a short text can stand for a huge automaton.

/// Bytes of a compiled filter of an OWNERS file; there are thousands of such files, and few filters.
pub(crate) const OWNERS_PATTERN_SIZE: usize = 1 << 16;

/// Filters of one OWNERS file that are looked at.
pub(crate) const MAX_FILTERS: usize = 200;

/// Bytes of a compiled expression of the config or of `artImages`; real ones take a tenth.
pub(crate) const PATTERN_SIZE: usize = 1 << 18;

/// Bytes of a compiled expression of a rule page.
pub(crate) const RULE_PATTERN_SIZE: usize = 1 << 20;

/// Items of `artImages` that are looked at; there are eight.
pub(crate) const MAX_ART_IMAGES: usize = 200;

// The user's config and comments.

/// Expressions under `external-images`; each takes memory as long as the program runs.
pub(crate) const MAX_EXTERNAL_IMAGES: usize = 100;

/// Entries of `paths`: the path of every finding is held against each.
pub(crate) const MAX_CONFIG_PATHS: usize = 1000;

/// Rules that the comments of one file may suppress, which bounds the work that a hostile file makes
/// and the findings about comments themselves. A comment that names no rule counts as one.
pub(crate) const MAX_SUPPRESSIONS: usize = 1000;

/// Letters that are kept of what a comment gives for a rule; no rule has a name as long.
pub(crate) const MAX_RULE_LETTERS: usize = 100;

// Comparing names.

/// Letters that are compared for all questions of one kind: two seconds' worth.
pub(crate) const MAX_LETTERS: usize = 1_000_000_000;

/// The same for names of one file, for each byte of it.
pub(crate) const LETTERS_PER_BYTE: usize = 200;

/// Imports of steps that an undeclared name is compared with.
pub(crate) const MAX_IMPORTS: usize = 100;

// One file.

/// Labels, containers, volumes, mounts, variables and arguments of one pod that are looked at. What
/// is said of a pod takes all of one kind with all of another, and one with more of them is no pod
/// that anybody runs.
pub(crate) const MAX_POD_ITEMS: usize = 200;

/// Bytes of a pull spec in a Dockerfile, no real one is longer: each word is compared with each base
/// image.
pub(crate) const MAX_PULL_SPEC: usize = 512;

/// Images of one config that its targets are looked up for. A hostile one may have as many targets as
/// images; real ones have a few dozens of each at most.
pub(crate) const MAX_PUBLISHED: usize = 20_000;

/// Clusters of one group that are looked at, and targets of a bundle for which the names of its
/// fields are written out; there are some dozen clusters.
pub(crate) const MAX_GSM_CLUSTERS: usize = 100;

/// Clusters of groups that are looked at in one file: each target may name all groups again.
pub(crate) const MAX_GSM_DESTINATIONS: usize = 200_000;

/// Clusters of one target of ci-secret-bootstrap that are looked at; there are some dozen.
pub(crate) const MAX_SECRET_CLUSTERS: usize = 200;

/// Namespaces and keys of one entry of Vault that are compared with those of others.
pub(crate) const MAX_SECRETSYNC_NAMES: usize = 200;

/// Bytes of a mapping file's line that is mended: a longer one may have thousands of repetitions, and
/// is better written anew. The longest has 319.
pub(crate) const MAX_MENDED_LINE: usize = 4096;

// The whole checkout.

/// Providers of one stream that are asked at most whether they only declare it: each image that is
/// named of the stream asks them anew.
pub(crate) const MAX_OPEN: usize = 1000;

/// Tags of a stream that are copied into another; there are some hundred.
pub(crate) const MAX_COPIED_TAGS: usize = 1000;

/// Streams that are filled so; there are some hundred.
pub(crate) const MAX_COPIED_STREAMS: usize = 1000;

/// Images of one config's inline Dockerfiles that are compared with each base image, or asked for.
pub(crate) const MAX_DOCKERFILE_IMAGES: usize = 50;

/// Providers of one image that are asked where they put it: each line that takes it asks them anew.
pub(crate) const MAX_PROVIDERS: usize = 100;

/// Mappings to one repository that a wildcard is compared with: a hostile tree must not make every
/// wildcard search it all.
pub(crate) const MAX_WILDCARD_MAPPINGS: usize = 1000;

/// Mapping files of a job that a finding about it lists as affected: each secret of each job may have one.
pub(crate) const MAX_FILES_OF_JOB: usize = 200;

/// Jobs that are noted as readers of one mapping file; two or three are real.
pub(crate) const MAX_READERS: usize = 64;

/// Tags of one key of the config of generated mapping files that are held against other keys'; there are
/// three.
pub(crate) const MAX_TAGS_OF_STREAM: usize = 30;

/// Files that cannot be understood which are asked for what seems to be absent; mostly there is none.
pub(crate) const MAX_UNPARSED: usize = 16;

/// Secrets of one name that are looked at for each job that names it.
pub(crate) const MAX_SECRETS_OF_NAME: usize = 1000;

/// Keys of one secret that are looked at.
pub(crate) const MAX_SECRET_KEYS: usize = 1000;

/// Keys of bundles that are kept of one file: each bundle may name all components again.
pub(crate) const MAX_BUNDLED_KEYS: usize = 100_000;

// Findings and fixes.

/// Findings of one rule in one file: a hostile or hopeless file must not drown the others. A last
/// finding says how many there are beyond.
pub(crate) const MAX_FINDINGS_PER_FILE: usize = 1000;

/// Other places that one finding names at most: of a thousand things that clash with each other,
/// each would name all others.
pub(crate) const MAX_RELATED: usize = 30;

/// Files of others that one finding lists as broken; the image that most configs name is named by some
/// two thousand.
pub(crate) const MAX_AFFECTED: usize = 5_000;

/// The same for all findings of a run.
pub(crate) const MAX_AFFECTED_OF_ALL: usize = 10_000;

/// Folders that are asked for their OWNERS file, for all findings of a run.
pub(crate) const MAX_OWNED_FOLDERS: usize = 20_000;

/// Filters of all these OWNERS files that are tried on paths; the files that have any have one or two.
pub(crate) const MAX_OWNERS_FILTERS: usize = 1_000;

/// People of one OWNERS file, aliases resolved, who are listed as owners; there are some thirty.
pub(crate) const MAX_OWNERS: usize = 50;

/// Bytes of a name that may be a login or an alias; GitHub allows 39 in a login.
pub(crate) const MAX_LOGIN: usize = 100;

/// Bytes of a text that stand in a finding's entity as they are; a longer one is hashed.
pub(crate) const MAX_ENTITY: usize = 1000;

/// Bytes of texts that are compared to find out which file a change moved where; a change that moves
/// a hundred manifests takes some hundred KB.
pub(crate) const MAX_COMPARED_BYTES: usize = 64 * 1024 * 1024;

/// Rounds of fixes; then whatever is left is left: two fixes may undo each other.
pub const MAX_ROUNDS: usize = 10;

// Asking registries (`check --online`), which the author of a change may own.

/// Questions that are asked at the same time, and how many of them of one registry.
#[cfg(feature = "online")]
pub(crate) const MAX_ASKED_AT_ONCE: usize = 8;
#[cfg(feature = "online")]
pub(crate) const MAX_ASKED_OF_REGISTRY: usize = 2;

/// Until a question, with all requests that it takes, is given up.
#[cfg(feature = "online")]
pub(crate) const MAX_QUESTION_TIME: Duration = Duration::from_secs(10);

/// How often a question is asked of a registry that fails or has too much to do.
#[cfg(feature = "online")]
pub(crate) const MAX_QUESTION_TRIES: usize = 3;

/// Questions in a row without any answer, after which a registry is asked no more.
#[cfg(feature = "online")]
pub(crate) const MAX_REGISTRY_FAILURES: usize = 3;

/// Redirects of one request; none or one is real.
#[cfg(feature = "online")]
pub(crate) const MAX_REDIRECTS: usize = 3;

/// Bytes of all headers of a response.
#[cfg(feature = "online")]
pub(crate) const MAX_RESPONSE_HEADERS: usize = 32 * 1024;

/// Bytes of a token server's answer; tokens have one to four KB.
#[cfg(feature = "online")]
pub(crate) const MAX_TOKEN_BODY: u64 = 64 * 1024;

/// Bytes of what a registry says beside a refusal.
#[cfg(feature = "online")]
pub(crate) const MAX_ERROR_BODY: u64 = 64 * 1024;

/// Bytes of an index, as registries take them at most; real ones have some KB.
#[cfg(feature = "online")]
pub(crate) const MAX_INDEX_BODY: u64 = 4 * 1024 * 1024;

/// Bytes of a page of tags, and how many pages are read to find a near one.
#[cfg(feature = "online")]
pub(crate) const MAX_TAGS_BODY: u64 = 1024 * 1024;
#[cfg(feature = "online")]
pub(crate) const MAX_TAG_PAGES: usize = 5;

/// Bytes of a digest or of the name of a platform; that of SHA-512 has 135.
#[cfg(feature = "online")]
pub(crate) const MAX_SHOWN_ANSWER: usize = 200;

/// How long an answer is taken from the cache.
#[cfg(feature = "online")]
pub(crate) const MAX_ANSWER_AGE: Duration = Duration::from_secs(60 * 60);

/// Answers that are kept; a whole checkout has some thousand questions.
#[cfg(feature = "online")]
pub(crate) const MAX_CACHED_ANSWERS: usize = 50_000;

// The language server.

/// Bytes of a message; a larger one is skipped.
pub(crate) const MAX_MESSAGE: u64 = 64 * 1024 * 1024;

/// Bytes of a line of a message's header.
pub(crate) const MAX_HEADER: u64 = 4096;

/// Messages that may wait to be looked at; then the client has to wait.
pub(crate) const MAX_WAITING: usize = 1024;
