//! Somebody at a browser: sends what a page of our own would send, follows nothing, and says what came back.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request};
use base::id::Id;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::house::{House, Login};

/// Somebody at a browser.
pub struct Client<'a> {
    house: &'a House,
    login: Option<Login>,
    headers: Vec<(String, String)>,
}

/// What came back.
#[derive(Debug)]
pub struct Seen {
    /// Status code.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Vec<u8>,
    /// The body as text.
    pub text: String,
}

impl<'a> Client<'a> {
    pub(crate) fn new(house: &'a House, login: Option<Login>) -> Self {
        let headers =
            vec![(HOST.to_string(), "localhost".to_owned()), ("sec-fetch-site".to_owned(), "same-origin".to_owned())];
        Self { house, login, headers }
    }

    /// Somebody who is signed in already.
    pub fn of(house: &'a House, login: Login) -> Self {
        Self::new(house, Some(login))
    }

    /// Who it is.
    pub fn login(&self) -> &Login {
        self.login.as_ref().expect("this visitor has signed in")
    }

    /// The person's record.
    pub fn person(&self) -> Id {
        self.login().person
    }

    /// Sends this header instead of the usual one; with no value, none at all.
    pub fn sending(mut self, name: &str, value: Option<&str>) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self.headers.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        self
    }

    /// A program with this token: it sends neither a cookie nor what browsers say of themselves.
    pub fn program(house: &'a House, token: &str) -> Self {
        Self::new(house, None)
            .sending("sec-fetch-site", None)
            .sending("authorization", Some(&format!("Bearer {token}")))
    }

    /// Calls the API, under a new key: with the revision that was seen, where one is named.
    pub async fn call(&self, method: Method, path: &str, rev: Option<u64>, body: Option<&Value>) -> Seen {
        let mut more = Vec::new();
        if method != Method::GET {
            more.push(("idempotency-key".to_owned(), self.request_id()));
        }
        more.extend(rev.map(|rev| ("if-match".to_owned(), format!("\"{rev}\""))));
        let kind = body.map(|_| "application/json");
        self.send_with(method, path, kind, &more, body.map(|body| body.to_string().into_bytes()).unwrap_or_default())
            .await
    }

    /// Uses this cookie from now on; with none, nobody is signed in.
    pub fn keep_cookie(&mut self, value: Option<&str>) {
        self.login = value.map(|value| {
            let login = |login: &Login| (login.person, login.account, login.login.clone());
            let nobody = || (Id::new(&self.house.clock), Id::new(&self.house.clock), String::new());
            let (person, account, name) = self.login.as_ref().map_or_else(nobody, login);
            Login { person, account, login: name, cookie: value.to_owned() }
        });
    }

    /// A new id of a request, as a form holds one.
    pub fn request_id(&self) -> String {
        base::random::token()
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Seen {
        self.send(Method::GET, path, None, Vec::new()).await
    }

    /// Sends a form under a new request id.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let request = self.request_id();
        let all: Vec<(&str, &str)> =
            std::iter::once(("request", request.as_str())).chain(fields.iter().copied()).collect();
        self.post_form(path, &all).await
    }

    /// Sends a form as it is.
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let encode = ui::pages::address::encode;
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let form = "application/x-www-form-urlencoded";
        self.send(Method::POST, path, Some(form), pairs.join("&").into_bytes()).await
    }

    /// Sends a file under a new request id.
    pub async fn upload(&self, path: &str, name: &str, bytes: &[u8]) -> Seen {
        let request = self.request_id();
        let mut body = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"request\"\r\n\r\n{request}\r\n--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        self.send(Method::POST, path, Some("multipart/form-data; boundary=edge"), body).await
    }

    /// Sends anything.
    pub async fn send(&self, method: Method, path: &str, kind: Option<&str>, body: Vec<u8>) -> Seen {
        self.send_with(method, path, kind, &[], body).await
    }

    /// Sends anything, with more headers than usual.
    pub async fn send_with(
        &self,
        method: Method,
        path: &str,
        kind: Option<&str>,
        more: &[(String, String)],
        body: Vec<u8>,
    ) -> Seen {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in self.headers.iter().chain(more) {
            request = request.header(name, value);
        }
        if let Some(login) = &self.login {
            request = request.header(COOKIE, format!("sekimori-loopback={}", login.cookie));
        }
        if let Some(kind) = kind {
            request = request.header(CONTENT_TYPE, kind);
        }
        let request = request.body(Body::from(body)).expect("a test sends a request");
        let answer = self.house.router.clone().oneshot(request).await.expect("the router always answers");
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.expect("an answer has a body").to_bytes().to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Seen { status: parts.status.as_u16(), headers: parts.headers, bytes, text }
    }
}

impl Seen {
    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// A header, empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    /// Where the answer sends the visitor.
    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }

    /// The value of the session's cookie that the answer sets.
    pub fn cookie(&self) -> Option<&str> {
        let set = self.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        set.filter_map(|cookie| cookie.strip_prefix("sekimori-loopback="))
            .find_map(|rest| rest.split(';').next())
            .filter(|value| !value.is_empty())
    }

    /// The text that people read, without tags, with single spaces.
    pub fn visible(&self) -> String {
        let mut text = String::new();
        let mut inside = false;
        for letter in self.text.chars() {
            match letter {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    text.push(' ');
                }
                letter if !inside => text.push(letter),
                _ => {}
            }
        }
        let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The value of the first control of that name, as the form would send it.
    pub fn control(&self, name: &str) -> Option<String> {
        let at = self.text.find(&format!("name=\"{name}\""))?;
        let from = self.text[..at].rfind('<')?;
        let tag = &self.text[from..from + self.text[from..].find('>')?];
        let value = tag.split_once(" value=\"")?.1.split('"').next()?;
        Some(value.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    }
}
