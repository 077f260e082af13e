//! How slowly bytes may come and go. Only the time spent waiting for the other side counts, so
//! that a slow answer of ours is nobody's fault.

use axum::body::{Body, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// The other side is too slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the other side is too slow")]
pub struct TooSlow;

/// The pace that is asked for: so many bytes in each window of waiting.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    pub least: u64,
    pub window: Duration,
}

impl Pace {
    /// Whoever moves nothing at all is too slow at any rate.
    pub fn new(bytes_per_second: u64, seconds: u64) -> Self {
        Self { least: bytes_per_second.saturating_mul(seconds).max(1), window: Duration::from_secs(seconds) }
    }
}

/// Counts bytes and waiting of one window after the other.
struct Meter {
    pace: Pace,
    waited: Duration,
    since: Option<Instant>,
    bytes: u64,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Meter {
    fn new(pace: Pace) -> Self {
        Self { pace, waited: Duration::ZERO, since: None, bytes: 0, alarm: None }
    }

    /// Something moved.
    fn moved(&mut self, bytes: usize) {
        if let Some(since) = self.since.take() {
            self.waited += since.elapsed();
        }
        self.bytes += bytes as u64;
    }

    /// Nothing moves at the moment; wakes the task when that has lasted too long.
    fn waiting(&mut self, context: &mut Context<'_>) -> Result<(), TooSlow> {
        loop {
            let now = Instant::now();
            let since = *self.since.get_or_insert(now);
            let waited = self.waited + (now - since);
            if waited >= self.pace.window {
                if self.bytes < self.pace.least {
                    return Err(TooSlow);
                }
                (self.waited, self.since, self.bytes) = (Duration::ZERO, Some(now), 0);
                continue;
            }
            let end = now + (self.pace.window - waited);
            let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(end)));
            alarm.as_mut().reset(end);
            if alarm.as_mut().poll(context).is_pending() {
                return Ok(());
            }
        }
    }
}

/// A body whose sender must keep the pace, and come to its end in time.
pub struct PacedBody {
    body: Body,
    meter: Meter,
    end: Option<Pin<Box<Sleep>>>,
}

impl PacedBody {
    pub fn new(body: Body, pace: Pace, whole: Option<Duration>) -> Self {
        let end = whole.map(|whole| Box::pin(tokio::time::sleep(whole)));
        Self { body, meter: Meter::new(pace), end }
    }
}

impl HttpBody for PacedBody {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                self.meter.moved(frame.data_ref().map_or(0, Bytes::len));
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => {
                let late = self.end.as_mut().is_some_and(|end| end.as_mut().poll(context).is_ready());
                match self.meter.waiting(context) {
                    Ok(()) if !late => Poll::Pending,
                    _ => Poll::Ready(Some(Err(TooSlow.into()))),
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection whose other side must take what is sent to it at the pace.
pub struct PacedIo<S> {
    stream: S,
    meter: Meter,
}

impl<S> PacedIo<S> {
    pub fn new(stream: S, pace: Pace) -> Self {
        Self { stream, meter: Meter::new(pace) }
    }

    fn noted<T>(
        &mut self,
        done: Poll<io::Result<T>>,
        bytes: impl Fn(&T) -> usize,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        match &done {
            Poll::Ready(Ok(moved)) => self.meter.moved(bytes(moved)),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                if let Err(slow) = self.meter.waiting(context) {
                    return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, slow)));
                }
            }
        }
        done
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for PacedIo<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for PacedIo<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.noted(done, |n| *n, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.noted(done, |n| *n, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.stream).poll_flush(context);
        self.noted(done, |()| 0, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    const PACE: Pace = Pace { least: 100, window: Duration::from_millis(300) };
    /// Generous: the machine may be busy.
    const SOON: Duration = Duration::from_secs(5);

    /// Pieces that come one by one, each after that long.
    fn dripping(piece: &'static [u8], pause: Duration) -> Body {
        let drops = futures::stream::unfold((), move |()| async move {
            tokio::time::sleep(pause).await;
            Some((Ok::<_, io::Error>(Bytes::from_static(piece)), ()))
        });
        Body::from_stream(drops)
    }

    /// How long it was read, up to a second, and whether it was found too slow.
    async fn read(body: PacedBody) -> (Duration, bool) {
        let begun = Instant::now();
        let mut body = std::pin::pin!(body);
        while begun.elapsed() < Duration::from_secs(1) {
            match poll_fn(|c| body.as_mut().poll_frame(c)).await {
                Some(Ok(_)) => {}
                Some(Err(error)) => return (begun.elapsed(), error.is::<TooSlow>()),
                None => break,
            }
        }
        (begun.elapsed(), false)
    }

    #[tokio::test]
    async fn a_body_that_drips_is_cut_off_after_a_window_and_a_steady_one_only_at_its_end() {
        let pause = Duration::from_millis(10);
        let (took, slow) = read(PacedBody::new(dripping(b"x", pause), PACE, None)).await;
        assert!(slow && took >= PACE.window, "{took:?}");
        let (_, slow) = read(PacedBody::new(dripping(&[0; 10_000], pause), PACE, None)).await;
        assert!(!slow);
        let whole = Some(Duration::from_millis(500));
        let (took, slow) = read(PacedBody::new(dripping(&[0; 10_000], pause), PACE, whole)).await;
        assert!(slow && took >= Duration::from_millis(500), "{took:?}");
    }

    #[tokio::test]
    async fn a_reader_who_takes_too_little_is_cut_off_and_our_own_silence_is_not_counted() {
        let (ours, mut theirs) = tokio::io::duplex(64);
        let mut ours = PacedIo::new(ours, PACE);
        tokio::time::sleep(2 * PACE.window).await;
        ours.write_all(&[0; 64]).await.expect("there is room");
        let taking = tokio::spawn(async move {
            let mut byte = [0];
            while theirs.read_exact(&mut byte).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        let begun = Instant::now();
        let error = ours.write_all(&[0; 4096]).await.expect_err("too slow");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
        taking.abort();
    }
}
