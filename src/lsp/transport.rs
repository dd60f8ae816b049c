//! Messages from a stream and to a stream, each by a thread of its own.
//!
//! `lsp_server::Connection` reserves whatever a header asks for, ends at the first text that is no
//! JSON, and hands over one message at a time, so that nothing can be seen to be superseded.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::sync::mpsc::{self, Sender, SyncSender};
use std::thread::{self, JoinHandle};

use lsp_server::{ErrorCode, Message};
use serde_json::{Value, json};

use super::load::Loaded;
use crate::limits::{MAX_HEADER, MAX_MESSAGE};

/// What the main loop is told.
#[derive(Debug)]
pub(super) enum Event {
    /// The client said something.
    Came(Incoming),
    /// The client says nothing any more.
    Ended,
    /// A checkout was read for the first time.
    Loaded(Box<Loaded>),
}

/// What came in.
#[derive(Debug)]
pub(super) enum Incoming {
    /// A message.
    Message(Message),
    /// Something that is none, and what to say about it.
    Malformed(ErrorCode, String),
}

/// What goes out.
#[derive(Debug)]
pub(super) enum Outgoing {
    /// A message.
    Message(Message),
    /// The answer to something that had no id.
    Error(ErrorCode, String),
}

/// Reads messages until the stream ends, an `exit` came, or no message starts where one has to.
pub(super) fn read_from(stream: impl Read + Send + 'static, sender: SyncSender<Event>) {
    thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        while let Ok(Some(incoming)) = read(&mut stream) {
            if deliver(&sender, incoming).is_none() {
                break;
            }
        }
        // A loop that listens no more has come to its end already.
        let _ = sender.send(Event::Ended);
    });
}

/// `None` when nothing is to be read any more.
fn deliver(sender: &SyncSender<Event>, incoming: Incoming) -> Option<()> {
    let is_exit = matches!(
        &incoming,
        Incoming::Message(Message::Notification(notification)) if notification.method == "exit"
    );
    sender.send(Event::Came(incoming)).ok()?;
    (!is_exit).then_some(())
}

/// The next message; `None` at the end. An error when the header is none: nobody knows where the
/// next message would start.
fn read(stream: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let Some(length) = content_length(stream)? else {
        return Ok(None);
    };
    if length > MAX_MESSAGE {
        io::copy(&mut stream.take(length), &mut io::sink())?;
        let reason = format!("the message has {length} bytes, more than {MAX_MESSAGE}");
        return Ok(Some(Incoming::Malformed(ErrorCode::InvalidRequest, reason)));
    }
    let mut body = Vec::new();
    stream.take(length).read_to_end(&mut body)?;
    if body.len() as u64 != length {
        return Ok(None);
    }
    Ok(Some(parse(&body)))
}

fn parse(body: &[u8]) -> Incoming {
    let value: Value = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(error) => return Incoming::Malformed(ErrorCode::ParseError, error.to_string()),
    };
    let has_id = value.get("id").is_some();
    let reason = match serde_json::from_value(value) {
        // Whoever sent it waits for an answer, and means no notification.
        Ok(Message::Notification(_)) if has_id => "an id is an integer of 32 bits or a text",
        Ok(message) => return Incoming::Message(message),
        Err(_) => "this is no request, response or notification",
    };
    Incoming::Malformed(ErrorCode::InvalidRequest, reason.to_owned())
}

fn content_length(stream: &mut impl BufRead) -> io::Result<Option<u64>> {
    let broken = || io::Error::new(io::ErrorKind::InvalidData, "not a header");
    let mut length = None;
    loop {
        let mut line = String::new();
        if stream.take(MAX_HEADER).read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.strip_suffix('\n').ok_or_else(broken)?.trim_end();
        if line.is_empty() {
            return length.map(Some).ok_or_else(broken);
        }
        let (name, value) = line.split_once(':').ok_or_else(broken)?;
        if name.eq_ignore_ascii_case("Content-Length") {
            length = Some(value.trim().parse().map_err(|_| broken())?);
        }
    }
}

/// Writes messages until nobody can send any more, or the stream takes none.
pub(super) fn write_to(
    mut stream: impl Write + Send + 'static,
) -> (Sender<Outgoing>, JoinHandle<io::Result<()>>) {
    let (sender, receiver) = mpsc::channel();
    let writer = thread::spawn(move || {
        for outgoing in receiver {
            match outgoing {
                Outgoing::Message(message) => message.write(&mut stream)?,
                Outgoing::Error(code, message) => {
                    let error = json!({"code": code as i32, "message": message});
                    let text = json!({"jsonrpc": "2.0", "id": null, "error": error}).to_string();
                    write!(stream, "Content-Length: {}\r\n\r\n{text}", text.len())?;
                    stream.flush()?;
                }
            }
        }
        Ok(())
    });
    (sender, writer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &'static [u8]) -> Vec<Incoming> {
        let (sender, receiver) = mpsc::sync_channel(1);
        read_from(bytes, sender);
        let events = receiver.into_iter().filter_map(|event| match event {
            Event::Came(incoming) => Some(incoming),
            _ => None,
        });
        events.collect()
    }

    #[test]
    fn messages_are_read_one_after_the_other() {
        let read = all(b"Content-Length: 19\r\n\r\n{\"method\":\"a\"}     \
              content-length:14\r\nContent-Type: x\r\n\r\n{\"method\":\"b\"}");
        assert_eq!(read.len(), 2);
        assert!(read.iter().all(|m| matches!(m, Incoming::Message(_))));
    }

    #[test]
    fn what_is_no_json_is_told_and_the_next_message_read() {
        let read = all(b"Content-Length: 2\r\n\r\n{[Content-Length: 2\r\n\r\n[]");
        let codes: Vec<_> = read
            .iter()
            .map(|m| match m {
                Incoming::Malformed(code, _) => *code as i32,
                Incoming::Message(_) => 0,
            })
            .collect();
        assert_eq!(codes, [-32700, -32600]);
    }

    #[test]
    fn a_request_with_an_id_of_another_kind_is_refused() {
        for id in ["null", "1.5", "2147483648", "[]", "true"] {
            let body = format!("{{\"id\": {id}, \"method\": \"exit\"}}");
            let read = parse(body.as_bytes());
            let Incoming::Malformed(code, _) = read else {
                panic!("{body} is {read:?}");
            };
            assert_eq!(code as i32, -32600);
        }
        for id in ["2147483647", "\"\""] {
            let body = format!("{{\"id\": {id}, \"method\": \"exit\"}}");
            let read = parse(body.as_bytes());
            assert!(
                matches!(read, Incoming::Message(Message::Request(_))),
                "{body}"
            );
        }
    }

    #[test]
    fn garbage_ends_the_stream() {
        for garbage in [
            &b"garbage"[..],
            b"garbage\r\n\r\n",
            b"\r\n\r\n",
            b"Content-Length: -1\r\n\r\n{}",
            b"Content-Length: 99999999999999999999999\r\n\r\n{}",
            b"Content-Length: 9\r\n\r\n{}",
            b"\xff\xfe",
            b"",
        ] {
            assert!(all(garbage).is_empty(), "{garbage:?}");
        }
    }
}
