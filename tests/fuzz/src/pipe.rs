//! A pipe in memory. One of the system's would end a fuzzer, which does not ignore the signal that
//! a reader is gone, as Rust's own programs do.

use std::io::{self, Read, Write};
use std::sync::mpsc::{self, Receiver, Sender};

/// A reader, and the writer that it reads from; it ends when the writer is gone.
pub fn pipe() -> (PipeReader, PipeWriter) {
    let (sender, receiver) = mpsc::channel();
    let unread = io::Cursor::default();
    (PipeReader { receiver, unread }, PipeWriter(sender))
}

pub struct PipeReader {
    receiver: Receiver<Vec<u8>>,
    unread: io::Cursor<Vec<u8>>,
}

impl Read for PipeReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.unread.read(into)?;
            if count > 0 || into.is_empty() {
                return Ok(count);
            }
            match self.receiver.recv() {
                Ok(bytes) => self.unread = io::Cursor::new(bytes),
                Err(_) => return Ok(0),
            }
        }
    }
}

pub struct PipeWriter(Sender<Vec<u8>>);

impl Write for PipeWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.0.send(bytes.to_vec());
        sent.map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
