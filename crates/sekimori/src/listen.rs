//! HTTP connections: how many, how long their heads may take, how large they may be, and a stop that lets work finish.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt;

/// Connections at the same time; more wait in the system's queue.
const CONNECTIONS: usize = 1_024;
/// Longest wait for the head of a request, also on a connection that lies idle.
const HEAD: Duration = Duration::from_secs(10);
/// Largest head, in bytes.
const HEAD_BYTES: usize = 32 * 1024;
/// Most header fields.
const FIELDS: usize = 64;
/// Longest wait for requests under way when the house stops.
const FAREWELL: Duration = Duration::from_secs(10);
/// Pause after a connection that could not be accepted, for want of descriptors for instance.
const PAUSE: Duration = Duration::from_millis(100);

/// Where the address of a visitor is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visitors {
    /// They connect themselves.
    Direct,
    /// A proxy on this machine connects, and says for whom in the last part of `X-Forwarded-For`.
    BehindProxy,
}

/// Serves until `stop` is done, then lets the requests under way finish.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    visitors: Visitors,
    stop: impl Future<Output = std::io::Result<()>>,
) -> std::io::Result<()> {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_header_size(HEAD_BYTES).max_headers(FIELDS);
    http.max_buf_size(2 * HEAD_BYTES);
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let farewell = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = async {
            let place = room.clone().acquire_owned().await.expect("the semaphore is never closed");
            listener.accept().await.map(|accepted| (accepted, place))
        };
        let ((stream, peer), place) = tokio::select! {
            // Whoever was answered may ask it to stop: it must be listening for that before it accepts anybody.
            biased;
            stopped = &mut stop => { stopped?; break }
            accepted = accepted => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted: {error}");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            },
        };
        let router = router.clone();
        let service = service_fn(move |request| answer(router.clone(), request, peer, visitors));
        let connection = farewell.watch(http.serve_connection(TokioIo::new(without_delay(stream)), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early: {error}");
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(FAREWELL, farewell.shutdown()).await.is_err() {
        tracing::warn!("some requests were not finished in {} s and are cut off", FAREWELL.as_secs());
    }
    Ok(())
}

async fn answer(
    router: Router,
    mut request: Request<Incoming>,
    peer: SocketAddr,
    visitors: Visitors,
) -> Result<axum::response::Response, Infallible> {
    let visitor = SocketAddr::new(address(request.headers(), peer.ip(), visitors), peer.port());
    request.extensions_mut().insert(ConnectInfo(visitor));
    router.oneshot(request.map(Body::new)).await
}

/// The address of the visitor. Only the last part is the proxy's own word; what stands before it anyone can write.
fn address(headers: &HeaderMap, peer: IpAddr, visitors: Visitors) -> IpAddr {
    if visitors == Visitors::Direct {
        return peer;
    }
    let last = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    last.and_then(|list| list.rsplit(',').next()?.trim().parse().ok()).unwrap_or(peer)
}

fn without_delay(stream: TcpStream) -> TcpStream {
    // Where it can't be set, answers are only slower.
    let _slower = stream.set_nodelay(true);
    stream
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn of(lines: &[&'static str], visitors: Visitors) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        address(&headers, PEER, visitors).to_string()
    }

    #[test]
    fn a_visitor_cannot_choose_the_address_that_is_noted() {
        assert_eq!(of(&["10.1.2.3"], Visitors::Direct), "127.0.0.1");
        assert_eq!(of(&["192.0.2.9, 10.1.2.3"], Visitors::BehindProxy), "10.1.2.3");
        assert_eq!(of(&["192.0.2.9", "2001:db8::1"], Visitors::BehindProxy), "2001:db8::1");
    }

    #[test]
    fn where_the_proxy_says_nothing_its_own_address_is_noted() {
        assert_eq!(of(&[], Visitors::BehindProxy), "127.0.0.1");
        assert_eq!(of(&["unknown"], Visitors::BehindProxy), "127.0.0.1");
    }
}
