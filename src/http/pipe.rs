//! Between a request's body and an answer's body: plain `Read` and `Write` for a thread that
//! handles rows, with back pressure on both sides. Knows nothing of what flows.

use axum::body::{Body, Bytes};
use futures::{StreamExt, TryStreamExt};
use std::io::{self, Read, Write};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

/// Pieces that may wait on either side.
const WAITING: usize = 8;
/// Bytes collected before a piece is sent.
const PIECE: usize = 16 * 1024;

/// Bytes taken in for nothing before the connection is closed all the same.
const MOST_FORGOTTEN: usize = 64 << 20;
/// Longest row, bytes: a quote that is never closed must not fill the memory.
pub const MAX_ROW: usize = 1 << 20;

/// What a thread reads the request from.
pub struct Reader {
    pieces: mpsc::Receiver<io::Result<Bytes>>,
    current: Bytes,
    /// Bytes read since the last row began.
    row: usize,
}

/// What a thread writes the answer to.
pub struct Writer {
    pieces: mpsc::Sender<io::Result<Bytes>>,
    buffer: Vec<u8>,
}

/// Both ends for the thread, and the answer's body.
pub fn pipe(body: Body) -> (Reader, Writer, Body) {
    let (input, pieces) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        let mut stream = body.into_data_stream().map_err(io::Error::other);
        let mut forgotten = 0;
        loop {
            let Some(piece) = stream.next().await else { break };
            let (last, length) = (piece.is_err(), piece.as_ref().map_or(0, Bytes::len));
            // When nobody reads any more the rest is taken in and forgotten: a connection that
            // is closed on a caller who still sends may lose him the answer.
            if input.send(piece).await.is_err() {
                forgotten += length;
            }
            if last || forgotten > MOST_FORGOTTEN {
                break;
            }
        }
    });
    let (output, answer) = mpsc::channel(WAITING);
    let reader = Reader { pieces, current: Bytes::new(), row: 0 };
    (reader, Writer { pieces: output, buffer: Vec::new() }, Body::from_stream(ReceiverStream::new(answer)))
}

impl Reader {
    /// What is read from now on belongs to another row.
    pub fn begin_row(&mut self) {
        self.row = 0;
    }
}

impl Read for Reader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.row > MAX_ROW {
            let reason = format!("a row is longer than {MAX_ROW} bytes; the rest is not read");
            return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        }
        while self.current.is_empty() {
            match self.pieces.blocking_recv() {
                Some(piece) => self.current = piece?,
                None => return Ok(0),
            }
        }
        let n = out.len().min(self.current.len());
        out[..n].copy_from_slice(&self.current.split_to(n));
        self.row += n;
        Ok(n)
    }
}

impl Writer {
    /// What breaks the answer off, so that half an answer never looks like a whole one.
    pub fn breaker(&self) -> impl FnOnce(io::Error) + use<> {
        let pieces = self.pieces.clone();
        move |error| {
            // The caller may be gone already.
            let _gone = pieces.blocking_send(Err(error));
        }
    }

    fn send(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::take(&mut self.buffer));
        self.pieces.blocking_send(Ok(piece)).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= PIECE {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}
