//! A connection to PostgreSQL that needs no runtime: whoever asks drives it, and sleeps until the server answers.
//!
//! So it may be used from any thread, also from one that drives tasks, and no second thread stands between a question and
//! its answer.

use std::cell::RefCell;
use std::future::Future;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker, ready};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::config::Host;
use tokio_postgres::tls::NoTlsStream;
use tokio_postgres::{Client, Config, Connection, NoTls};

/// How long a server may take to accept a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection and what drives it.
pub(super) struct Wire {
    pub(super) client: Client,
    /// Nothing once it has ended.
    driver: RefCell<Option<Connection<Socket, NoTlsStream>>>,
    watch: Watch,
}

impl Wire {
    /// Connects to one host.
    pub(super) fn connect(config: &Config, host: &Host, port: u16) -> io::Result<Self> {
        let (socket, watch) = Socket::open(host, port)?;
        let opened = watch.drive(&mut |_| false, config.connect_raw(socket, NoTls), Some(Instant::now() + PATIENCE));
        let (client, driver) = opened.ok_or(ErrorKind::TimedOut)?.map_err(io::Error::other)?;
        Ok(Self { client, driver: RefCell::new(Some(driver)), watch })
    }

    /// Waits for an answer.
    pub(super) fn wait<T>(&self, answer: impl Future<Output = T>) -> T {
        let mut driver = self.driver.borrow_mut();
        let mut turn = |context: &mut Context<'_>| {
            let ended = driver.as_mut().is_some_and(|connection| Pin::new(connection).poll(context).is_ready());
            if ended {
                // With it go the questions that it still had, so that whoever asked learns that there is no answer.
                *driver = None;
            }
            ended
        };
        self.watch.drive(&mut turn, answer, None).expect("there is no deadline")
    }

    /// Whether the connection has ended.
    pub(super) fn has_ended(&self) -> bool {
        self.driver.borrow().is_none() || self.client.is_closed()
    }

    /// Ends it.
    pub(super) fn hang_up(&self) {
        *self.driver.borrow_mut() = None;
    }
}

/// What tells that a socket is ready.
struct Watch {
    socket: OwnedFd,
    /// Whether something waits to be sent.
    full: Arc<AtomicBool>,
}

impl Watch {
    /// Gives turns to the connection and to what waits for its answer, and sleeps when neither gets on. A turn of the
    /// connection says whether something changed for the other.
    fn drive<T>(
        &self,
        turn: &mut dyn FnMut(&mut Context<'_>) -> bool,
        answer: impl Future<Output = T>,
        deadline: Option<Instant>,
    ) -> Option<T> {
        let mut answer = pin!(answer);
        let called = Arc::new(Called::default());
        let waker = Waker::from(called.clone());
        let mut context = Context::from_waker(&waker);
        loop {
            if let Poll::Ready(answer) = answer.as_mut().poll(&mut context) {
                return Some(answer);
            }
            called.0.store(false, Ordering::Relaxed);
            if turn(&mut context) || called.0.load(Ordering::Relaxed) {
                continue;
            }
            let mut flags = PollFlags::IN;
            flags.set(PollFlags::OUT, self.full.load(Ordering::Relaxed));
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return None;
            }
            let left = left.and_then(|left| Timespec::try_from(left).ok());
            // When a signal interrupts it, the next turn finds nothing and comes back here.
            let _ = poll(&mut [PollFd::new(&self.socket, flags)], left.as_ref());
        }
    }
}

/// Whether somebody asked for another turn.
#[derive(Default)]
struct Called(AtomicBool);

impl Wake for Called {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A socket that never blocks.
pub(super) struct Socket {
    stream: Stream,
    full: Arc<AtomicBool>,
}

enum Stream {
    Unix(UnixStream),
    Tcp(TcpStream),
}

impl Socket {
    fn open(host: &Host, port: u16) -> io::Result<(Self, Watch)> {
        let full = Arc::new(AtomicBool::new(false));
        let (stream, socket) = match host {
            Host::Unix(folder) => {
                let stream = UnixStream::connect(folder.join(format!(".s.PGSQL.{port}")))?;
                stream.set_nonblocking(true)?;
                let socket = OwnedFd::from(stream.try_clone()?);
                (Stream::Unix(stream), socket)
            }
            Host::Tcp(name) => {
                let mut last = io::Error::from(ErrorKind::NotFound);
                let mut stream = None;
                for address in (name.as_str(), port).to_socket_addrs()? {
                    match TcpStream::connect_timeout(&address, PATIENCE) {
                        Ok(connected) => {
                            stream = Some(connected);
                            break;
                        }
                        Err(error) => last = error,
                    }
                }
                let stream = stream.ok_or(last)?;
                stream.set_nodelay(true)?;
                stream.set_nonblocking(true)?;
                let socket = OwnedFd::from(stream.try_clone()?);
                (Stream::Tcp(stream), socket)
            }
        };
        Ok((Self { stream, full: full.clone() }, Watch { socket, full }))
    }
}

/// What came of trying: nothing yet, where it would have blocked.
fn tried<T>(mut attempt: impl FnMut() -> io::Result<T>) -> Poll<io::Result<T>> {
    loop {
        match attempt() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Poll::Pending,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            done => return Poll::Ready(done),
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let room = buffer.initialize_unfilled();
        let read = ready!(tried(|| match &self.stream {
            Stream::Unix(stream) => (&*stream).read(room),
            Stream::Tcp(stream) => (&*stream).read(room),
        }))?;
        buffer.advance(read);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = tried(|| match &self.stream {
            Stream::Unix(stream) => (&*stream).write(bytes),
            Stream::Tcp(stream) => (&*stream).write(bytes),
        });
        self.full.store(written.is_pending(), Ordering::Relaxed);
        written
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let how = std::net::Shutdown::Write;
        Poll::Ready(match &self.stream {
            Stream::Unix(stream) => stream.shutdown(how),
            Stream::Tcp(stream) => stream.shutdown(how),
        })
    }
}
