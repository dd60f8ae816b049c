//! The language server: one main loop over two streams.
//!
//! Whatever came in is taken at once, so that edits that are superseded cost nothing. Edits only
//! change documents; everything is linted again when nothing waits any more, or when a request
//! has to know. Requests are answered on other threads, from a [`snapshot`].

mod answering;
pub mod buffer;
mod client;
pub mod config_file;
pub mod diagnostics;
mod features;
mod load;
mod position;
mod progress;
mod publish;
mod server;
pub mod session;
pub mod settings;
pub mod setup;
pub mod snapshot;
mod transport;
pub mod uri;
mod watch;
pub mod workspace;

use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::finding::Severity;
use crate::limits::MAX_WAITING;

/// As long the client may take to read the last answers.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What the user gives when the server is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folders of rule pages.
    pub rules: Vec<PathBuf>,
    /// The lowest severity that is shown, unless the client's settings say something else.
    pub shown_from: Severity,
}

/// Serves what `input` says until the client is gone. Whether it said goodbye as the protocol wants
/// it.
#[must_use]
pub fn serve(
    options: Options,
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
) -> bool {
    let (sender, writer) = transport::write_to(output);
    let (events, receiver) = mpsc::sync_channel(MAX_WAITING);
    transport::read_from(input, events.clone());
    let said_goodbye = server::Server::new(options, sender, events).run(&receiver);
    // All senders are gone, so the writer ends when all is written. A client that is gone has no
    // use for the rest, and one that takes nothing any more must not hold the server up.
    let last_moment = Instant::now() + LAST_WORDS;
    while !writer.is_finished() && Instant::now() < last_moment {
        thread::sleep(Duration::from_millis(1));
    }
    said_goodbye
}
